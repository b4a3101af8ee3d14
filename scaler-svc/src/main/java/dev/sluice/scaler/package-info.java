/**
 * How much work waits for each stage, for whoever scales them: read from the stages' topics, their
 * share groups and what workers tell, and told to KEDA and Prometheus.
 */
package dev.sluice.scaler;
