package dev.sluice.stage.kafka;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.eclipse.microprofile.config.Config;

/**
 * How every client of a process reaches Kafka: the address, and who asks over what kind of
 * connection. All else is up to the clients themselves.
 */
public final class KafkaSettings {

  private static final String PREFIX = "kafka.";
  private static final String ADDRESS = "bootstrap.servers";
  private static final String DEFAULT_ADDRESS = "localhost:9092";

  private KafkaSettings() {}

  /**
   * Reads the address and the settings of SASL and TLS, which have Kafka's own names behind {@code
   * kafka.}: {@code kafka.sasl.mechanism}, or the variable {@code KAFKA_SASL_MECHANISM}.
   *
   * @return settings for any of Kafka's clients; {@code bootstrap.servers} at least
   */
  public static Map<String, Object> of(Config config) {
    Map<String, Object> settings = new TreeMap<>();
    settings.put(ADDRESS, DEFAULT_ADDRESS);
    // Asked by name: that of a variable tells no dot from an underscore.
    names()
        .forEach(
            name ->
                config
                    .getOptionalValue(PREFIX + name, String.class)
                    .filter(value -> !value.isBlank())
                    .ifPresent(value -> settings.put(name, value)));
    return Map.copyOf(settings);
  }

  /** The names of the settings that are read, which all kinds of clients know. */
  public static Stream<String> names() {
    return Stream.concat(
        Stream.of(ADDRESS),
        AdminClientConfig.configNames().stream()
            .filter(name -> name.matches("(security|sasl|ssl)\\..*")));
  }
}
