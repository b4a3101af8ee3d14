package dev.sluice.gateway;

import java.util.Map;

/** Where Kafka is. */
record KafkaAddress(String bootstrapServers) {

  /** What every client needs. */
  Map<String, Object> settings() {
    return Map.of("bootstrap.servers", bootstrapServers);
  }
}
