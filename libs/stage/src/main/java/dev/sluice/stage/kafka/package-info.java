/** The door to Kafka: tasks from a share group, and what is written of them. */
package dev.sluice.stage.kafka;
