package dev.sluice.testing;

import dev.sluice.client.SluiceClient;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/** A whole Sluice that serves the models that ship, on ports of its own. */
public final class RunningSluice implements AutoCloseable {

  /** Where a running instance says where it listens. */
  private static final String ADDRESSES = "instance.properties";

  private static final Duration LONGEST_END = Duration.ofSeconds(30);
  private static final long POLL_MILLIS = 50;

  private final Process process;
  private final Path state;
  private Properties addresses;
  private SluiceClient client;

  private RunningSluice(Process process, Path state) {
    this.process = process;
    this.state = state;
  }

  /**
   * Starts one and returns when it answers.
   *
   * @param home a checkout of Sluice; what is not built in it is built first, which takes minutes
   * @param state a folder for its logs and data
   * @param settings of its processes, as environment variables
   * @param options further ones of {@code sluice up}, such as {@code --models} and a folder
   * @throws IllegalStateException if it does not start, with what it said
   */
  public static RunningSluice start(
      Path home, Path state, Map<String, String> settings, String... options) {
    Path script = home.resolve("sluice");
    if (!Files.isExecutable(script)) {
      throw new IllegalStateException(
          "There is no Sluice in %s: a checkout of it has an executable `sluice`. Name one with the system property %s or the variable %s."
              .formatted(home, SluiceExtension.HOME_PROPERTY, SluiceExtension.HOME_VARIABLE));
    }
    try {
      Files.createDirectories(state);
      ProcessBuilder builder =
          new ProcessBuilder(script.toString(), "up", "--any-ports")
              .redirectErrorStream(true)
              .redirectOutput(said(state).toFile());
      builder.command().addAll(List.of(options));
      builder.environment().putAll(settings);
      builder.environment().put("SLUICE_STATE", state.toString());
      RunningSluice running = new RunningSluice(builder.start(), state);
      // However the tests end, the processes do not outlive them.
      Runtime.getRuntime().addShutdownHook(new Thread(running::stop, "stop Sluice"));
      running.awaitAddresses();
      return running;
    } catch (IOException e) {
      throw new UncheckedIOException("Sluice cannot be started", e);
    }
  }

  /**
   * A fresh folder for the logs and data of one, in {@code target} of the folder that is worked in,
   * where build tools have what can be made again.
   */
  public static Path newState() throws IOException {
    Path target = Files.createDirectories(Path.of("target").toAbsolutePath());
    return Files.createTempDirectory(target, "sluice");
  }

  private static Path said(Path state) {
    return state.resolve("up.txt");
  }

  private void awaitAddresses() throws IOException {
    while (!Files.isRegularFile(state.resolve(ADDRESSES))) {
      if (!process.isAlive()) {
        throw new IllegalStateException("Sluice did not start:\n" + Files.readString(said(state)));
      }
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        stop();
        Thread.currentThread().interrupt();
        throw new IllegalStateException("Interrupted while Sluice started", e);
      }
    }
    addresses = new Properties();
    try (Reader reader = Files.newBufferedReader(state.resolve(ADDRESSES))) {
      addresses.load(reader);
    }
    client = SluiceClient.connect(grpc());
  }

  /** Host and port of the gateway's gRPC server. */
  public String grpc() {
    return addresses.getProperty("grpc");
  }

  /** The gateway over HTTP: {@code http://127.0.0.1:43121}. */
  public String http() {
    return "http://" + addresses.getProperty("http");
  }

  /** The base URL for clients of OpenAI, to be used with any key. */
  public String openAi() {
    return http() + "/v1";
  }

  /** Kafka's bootstrap servers. */
  public String kafka() {
    return addresses.getProperty("kafka");
  }

  /** A client of it, which ends with it. */
  public SluiceClient client() {
    return client;
  }

  @Override
  public void close() {
    if (client != null) {
      client.close();
    }
    stop();
  }

  private void stop() {
    process.destroy();
    try {
      if (!process.waitFor(LONGEST_END.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
