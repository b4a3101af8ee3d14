package dev.sluice.quarkus.deployment;

import dev.sluice.testing.RunningSluice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A Sluice on free ports, in one process. */
final class SluiceProcess implements AutoCloseable {

  private final RunningSluice running;

  private SluiceProcess(RunningSluice running) {
    this.running = running;
  }

  /**
   * Starts one and returns when it answers.
   *
   * @throws IllegalStateException if it is not said where Sluice is, or it does not start
   */
  static SluiceProcess start(SluiceDevServiceConfig config) {
    List<String> options = new ArrayList<>(List.of("--together"));
    config
        .models()
        .ifPresent(models -> options.addAll(List.of("--models", absolute(models).toString())));
    return new SluiceProcess(
        RunningSluice.start(home(config), state(), Map.of(), options.toArray(String[]::new)));
  }

  private static Path home(SluiceDevServiceConfig config) {
    return config
        .home()
        .or(() -> Optional.ofNullable(System.getenv("SLUICE_HOME")))
        .map(SluiceProcess::absolute)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "Where is Sluice? Name a checkout of it by quarkus.sluice.devservices.home or"
                        + " SLUICE_HOME, or set quarkus.sluice.devservices.enabled=false."));
  }

  private static Path absolute(String path) {
    return Path.of(path).toAbsolutePath().normalize();
  }

  private static Path state() {
    try {
      return RunningSluice.newState();
    } catch (IOException e) {
      throw new UncheckedIOException("there is no place for Sluice's logs and data", e);
    }
  }

  /** The base URL for clients of OpenAI. */
  String openAi() {
    return running.openAi();
  }

  /** Host and port of the gateway's gRPC server. */
  String grpc() {
    return running.grpc();
  }

  /** Kafka's bootstrap servers. */
  String kafka() {
    return running.kafka();
  }

  @Override
  public void close() {
    running.close();
  }
}
