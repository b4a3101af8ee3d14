package dev.sluice.clients;

import dev.sluice.testing.RunningSluice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * One {@code sluice up} that all tests share, of the model that ships and of tiny ones of the
 * reference data; given to tests as a {@link Door}.
 */
public final class SharedSluice implements ParameterResolver {

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
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Door.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getRoot()
        .getStore(Namespace.create(SharedSluice.class))
        .computeIfAbsent(Instance.class)
        .door();
  }

  /** Ends with the test run. */
  public static final class Instance implements AutoCloseable {

    private final Path folder;
    private final RunningSluice sluice;

    Instance() throws IOException {
      folder = Files.createTempDirectory("sluice-clients");
      Path models = folder.resolve("models");
      copy(Node.HOME.resolve("models/shapes-unclip"), models);
      for (String name : TINY) {
        copy(Path.of(System.getProperty("sluice.goldens"), name), models);
      }
      sluice =
          RunningSluice.start(
              Node.HOME,
              folder.resolve("state"),
              Map.of("SLUICE_GATEWAY_FIRST_BYTE", FIRST_BYTE),
              "--models",
              models.toString());
    }

    Door door() {
      return new Door(sluice.http().substring("http://".length()));
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

    @Override
    public void close() throws Exception {
      sluice.close();
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }
}
