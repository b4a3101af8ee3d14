package dev.sluice.clients;

import dev.sluice.testing.RunningSluice;
import dev.sluice.testing.SluiceExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;

/**
 * One {@code sluice up --together} that all tests share, of the model that ships and of tiny ones
 * of the reference data; given to tests as a {@link Door}.
 */
public final class SharedSluice extends SluiceExtension {

  /** How long answers wait before they begin: short, so that few tests have to wait long. */
  static final String FIRST_BYTE = "2s";

  private static final List<String> TINY = List.of("pipe-sd", "pipe-ddpm");

  /**
   * Where the gateway is.
   *
   * @param address such as {@code 127.0.0.1:8080}
   */
  public record Door(String address) {

    /** What OpenAI's clients call the base URL. */
    public String url() {
      return "http://" + address + "/v1";
    }
  }

  @Override
  protected RunningSluice start(Path home, Path state) throws IOException {
    Path models = state.resolve("models");
    copy(home.resolve("models/shapes-unclip"), models);
    for (String name : TINY) {
      copy(Path.of(System.getProperty("sluice.goldens"), name), models);
    }
    return RunningSluice.start(
        home,
        state,
        Map.of("SLUICE_GATEWAY_FIRST_BYTE", FIRST_BYTE),
        "--together",
        "--models",
        models.toString());
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return isDoor(parameter) || super.supportsParameter(parameter, context);
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return isDoor(parameter)
        ? new Door(running(context).http().substring("http://".length()))
        : super.resolveParameter(parameter, context);
  }

  private static boolean isDoor(ParameterContext parameter) {
    return parameter.getParameter().getType() == Door.class;
  }

  private static void copy(Path source, Path models) throws IOException {
    Path installed = models.resolve(source.getFileName());
    try (Stream<Path> tree = Files.walk(source)) {
      for (Path path : tree.filter(Files::isRegularFile).toList()) {
        Path target = installed.resolve(source.relativize(path));
        Files.createDirectories(target.getParent());
        Files.copy(path, target);
      }
    }
  }
}
