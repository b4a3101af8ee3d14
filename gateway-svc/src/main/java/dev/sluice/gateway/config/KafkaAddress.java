package dev.sluice.gateway.config;

import java.util.Map;

/** Where Kafka is. */
public record KafkaAddress(String bootstrapServers) {

  /** What every client needs. */
  public Map<String, Object> settings() {
    return Map.of("bootstrap.servers", bootstrapServers);
  }
}
