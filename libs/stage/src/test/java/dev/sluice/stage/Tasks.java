package dev.sluice.stage;

import com.google.protobuf.ByteString;
import dev.sluice.contract.Tensors;
import dev.sluice.contract.v1.CancelWork;
import dev.sluice.contract.v1.DenoiserResult;
import dev.sluice.contract.v1.DenoiserTask;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.StageResult;
import dev.sluice.contract.v1.TaskHeader;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.contract.v1.UpscalerParameters;
import dev.sluice.contract.v1.UpscalerResult;
import dev.sluice.contract.v1.UpscalerTask;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Tasks, and stages that are quick to work on them. */
final class Tasks {

  static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  private Tasks() {}

  /** The first picture of a request that no other test makes. */
  static TaskHeader header() {
    String request = UUID.randomUUID().toString();
    return TaskHeader.newBuilder()
        .setRequestId(request)
        .setWorkId(request)
        .setImageId(request + "/0")
        .setModel("toy")
        .setSeed(7)
        .build();
  }

  /** Says that nobody wants the work of a task any more. */
  static CancelWork cancelling(TaskHeader task) {
    return CancelWork.newBuilder().setWorkId(task.getWorkId()).build();
  }

  /** What to denoise, to be upscaled then by those who read {@code next}. */
  static DenoiserTask denoiserTask(String next) {
    return DenoiserTask.newBuilder()
        .setHeader(header())
        .putInputs("image_embeds", Tensors.of(new float[] {1, 2, 3}, 1, 3))
        .addRoute(
            RouteStep.newBuilder()
                .setStage(Stage.UPSCALER)
                .setTopic(next)
                .setUpscaler(UpscalerParameters.getDefaultInstance()))
        .build();
  }

  /** A task at the end of its route. */
  static UpscalerTask upscalerTask() {
    return UpscalerTask.newBuilder()
        .setHeader(header())
        .putInputs("sample", Tensors.of(new float[] {1, 2, 3}, 1, 3, 1, 1))
        .build();
  }

  /** Doubles the embedding in three steps. */
  static DenoiserResult denoise(DenoiserTask task, StageContext context) {
    return denoise(task, context, 3);
  }

  static DenoiserResult denoise(DenoiserTask task, StageContext context, int steps) {
    for (int step = 1; step <= steps; step++) {
      int made = step;
      elsewhere(() -> context.progress(made, steps));
    }
    float[] values = Tensors.floats("image_embeds", task.getInputsOrThrow("image_embeds"));
    return DenoiserResult.newBuilder()
        .setResult(
            StageResult.newBuilder()
                .setHeader(task.getHeader())
                .putOutputs("sample", doubled(values)))
        .build();
  }

  /** Steps are told by a thread that works for many, as a batcher's does. */
  private static void elsewhere(Runnable work) {
    try {
      CompletableFuture.runAsync(work).join();
    } catch (CompletionException e) {
      throw (RuntimeException) e.getCause();
    }
  }

  private static Tensor doubled(float[] values) {
    float[] doubled = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      doubled[i] = 2 * values[i];
    }
    return Tensors.of(doubled, 1, values.length);
  }

  /** A picture of one pixel; not that anybody looks at it here. */
  static UpscalerResult upscale(UpscalerTask task, StageContext context) {
    context.progress(1, 1);
    return UpscalerResult.newBuilder()
        .setResult(StageResult.newBuilder().setHeader(task.getHeader()))
        .setPng(ByteString.copyFromUtf8("png of " + task.getHeader().getImageId()))
        .setWidth(1)
        .setHeight(1)
        .build();
  }
}
