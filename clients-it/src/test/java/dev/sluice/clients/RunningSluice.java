package dev.sluice.clients;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * One {@code sluice up} that all tests share, of the model that ships and of tiny ones of the
 * reference data; given to tests as a {@link Door}.
 */
public final class RunningSluice implements ParameterResolver {

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
        .getStore(Namespace.create(RunningSluice.class))
        .computeIfAbsent(Instance.class)
        .door();
  }

  /** Ends with the test run. */
  public static final class Instance implements AutoCloseable {

    private final Path folder;
    private final Process up;
    private final Door door;

    Instance() throws IOException, InterruptedException {
      folder = Files.createTempDirectory("sluice-clients");
      Path models = folder.resolve("models");
      copy(Node.HOME.resolve("models/shapes-unclip"), models);
      for (String name : TINY) {
        copy(Path.of(System.getProperty("sluice.goldens"), name), models);
      }
      ProcessBuilder command =
          new ProcessBuilder(
                  Node.HOME.resolve("sluice").toString(), "up", "--models", models.toString())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("up.log").toFile());
      command.environment().put("SLUICE_STATE", folder.resolve("state").toString());
      command.environment().put("SLUICE_GATEWAY_FIRST_BYTE", FIRST_BYTE);
      up = command.start();
      door = new Door(awaitAddress());
    }

    Door door() {
      return door;
    }

    private String awaitAddress() throws IOException, InterruptedException {
      Path file = folder.resolve("state/instance.properties");
      while (!Files.exists(file)) {
        if (!up.isAlive()) {
          throw new AssertionError(Files.readString(folder.resolve("up.log")));
        }
        Thread.sleep(100);
      }
      Properties properties = new Properties();
      try (Reader reader = Files.newBufferedReader(file)) {
        properties.load(reader);
      }
      return properties.getProperty("http");
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
      up.destroy();
      if (!up.waitFor(30, TimeUnit.SECONDS)) {
        up.destroyForcibly();
      }
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }
}
