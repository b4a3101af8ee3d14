/** The Kafka door. */
package dev.sluice.gateway.door.kafka;
