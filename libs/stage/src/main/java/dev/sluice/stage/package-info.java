/**
 * What makes a stage a service. A {@link dev.sluice.stage.work.StageWork} turns a task into a
 * result; {@link dev.sluice.stage.work.StageRuntime} does what belongs to every task (blobs,
 * deadline, cancellation, progress, metrics); two doors call it: {@link
 * dev.sluice.stage.kafka.KafkaDoor} takes tasks from a share group and hands results on, {@link
 * dev.sluice.stage.grpc.GrpcDoor} serves one call.
 */
package dev.sluice.stage;
