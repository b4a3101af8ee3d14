package dev.sluice.scaler;

import dev.sluice.contract.Pool;
import dev.sluice.contract.Pools;
import dev.sluice.contract.Stages;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.Stage;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a ScaledObject's trigger asks for.
 *
 * @param pool whose work is told
 * @param secondsPerReplica how many seconds of work there may be for each replica; above 0
 * @param activationSeconds work up to so many seconds wakes nobody; at least 0
 */
record Trigger(Pool pool, double secondsPerReplica, double activationSeconds) {

  /** What a trigger's metadata may say. */
  enum Key {
    STAGE("stage"),
    POOL("pool"),
    SECONDS_PER_REPLICA("secondsPerReplica"),
    ACTIVATION_SECONDS("activationSeconds");

    private final String name;

    Key(String name) {
      this.name = name;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static final double USUAL_SECONDS = 30;

  /** Those that KEDA reads itself, to reach the scaler, and may pass on. */
  private static final Set<String> OF_KEDA =
      Set.of(
          "scalerAddress",
          "enableTLS",
          "unsafeSsl",
          "caCert",
          "tlsCertFile",
          "tlsClientCert",
          "tlsClientKey");

  /**
   * Reads a trigger's metadata.
   *
   * @param pools that there are
   * @throws IllegalArgumentException if it is not right, with a sentence that says what would be
   */
  static Trigger of(Map<String, String> metadata, Pools pools) {
    Set<String> unknown = new TreeSet<>(metadata.keySet());
    unknown.removeAll(OF_KEDA);
    Stream.of(Key.values()).map(Key::toString).forEach(unknown::remove);
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "the trigger's metadata has %s, which is not known here; it may have %s"
              .formatted(
                  String.join(", ", unknown),
                  Arrays.stream(Key.values())
                      .map(Key::toString)
                      .collect(Collectors.joining(", "))));
    }
    double seconds = number(metadata, Key.SECONDS_PER_REPLICA, USUAL_SECONDS);
    if (seconds <= 0) {
      throw new IllegalArgumentException(
          "the trigger's metadata has %s %s; give a number of seconds above 0"
              .formatted(Key.SECONDS_PER_REPLICA, seconds));
    }
    double activation = number(metadata, Key.ACTIVATION_SECONDS, 0);
    if (activation < 0) {
      throw new IllegalArgumentException(
          "the trigger's metadata has %s %s; give a number of seconds, 0 for any work"
              .formatted(Key.ACTIVATION_SECONDS, activation));
    }
    return new Trigger(pool(metadata, pools), seconds, activation);
  }

  private static Pool pool(Map<String, String> metadata, Pools pools) {
    try {
      return pools.named(stage(metadata), metadata.getOrDefault(Key.POOL.toString(), ""));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "the trigger's metadata does not fit: " + e.getMessage(), e);
    }
  }

  private static Stage stage(Map<String, String> metadata) {
    String wanted = metadata.getOrDefault(Key.STAGE.toString(), "");
    return Stages.ALL.stream()
        .filter(stage -> Topics.name(stage).equals(wanted))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the trigger's metadata has %s; give one of %s"
                        .formatted(
                            wanted.isEmpty() ? "no " + Key.STAGE : Key.STAGE + " " + wanted,
                            Stages.ALL.stream()
                                .map(Topics::name)
                                .collect(Collectors.joining(", ")))));
  }

  private static double number(Map<String, String> metadata, Key key, double usual) {
    Optional<String> given = Optional.ofNullable(metadata.get(key.toString()));
    try {
      double number = given.map(Double::parseDouble).orElse(usual);
      if (Double.isFinite(number)) {
        return number;
      }
    } catch (NumberFormatException e) {
      // As for infinity.
    }
    throw new IllegalArgumentException(
        "the trigger's metadata has %s %s; give a number of seconds such as 30"
            .formatted(key, given.orElse("")));
  }

  /** The metric's name: {@code sluice-denoiser-seconds}. */
  String metricName() {
    return "sluice-" + pool.label() + "-seconds";
  }

  /** Whether a pool with such figures needs a replica at all. */
  boolean isActive(Figures figures) {
    return figures.tasks() > 0 && (activationSeconds == 0 || figures.seconds() > activationSeconds);
  }

  /** Seconds of work; no more than there are tasks for replicas, as none can share one. */
  double metric(Figures figures) {
    return Math.min(figures.seconds(), figures.tasks() * secondsPerReplica);
  }
}
