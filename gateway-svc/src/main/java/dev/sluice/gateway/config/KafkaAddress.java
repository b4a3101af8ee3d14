package dev.sluice.gateway.config;

import java.util.Map;

/**
 * Where Kafka is.
 *
 * @param settings what every client needs; {@code bootstrap.servers} at least
 */
public record KafkaAddress(Map<String, Object> settings) {}
