package dev.sluice.stage.rig;

import com.google.protobuf.ByteString;
import dev.sluice.contract.TensorMessages;
import dev.sluice.contract.v1.CancelWork;
import dev.sluice.contract.v1.DenoiserParameters;
import dev.sluice.contract.v1.PngImage;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.StageResult;
import dev.sluice.contract.v1.Task;
import dev.sluice.contract.v1.TaskHeader;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.contract.v1.UpscalerParameters;
import dev.sluice.stage.work.StageContext;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Tasks, and stages that are quick to work on them. */
public final class Tasks {

  public static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  private Tasks() {}

  /** The first picture of a request that no other test makes. */
  public static TaskHeader header() {
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
  public static CancelWork cancelling(TaskHeader task) {
    return CancelWork.newBuilder().setWorkId(task.getWorkId()).build();
  }

  /** What to denoise, to be upscaled then by those who read {@code next}. */
  public static Task denoiserTask(String next) {
    return Task.newBuilder()
        .setHeader(header())
        .setStep(
            RouteStep.newBuilder()
                .setStage(Stage.DENOISER)
                .setDenoiser(DenoiserParameters.getDefaultInstance()))
        .putInputs("image_embeds", TensorMessages.of(new float[] {1, 2, 3}, 1, 3))
        .addRoute(upscaling().setTopic(next))
        .build();
  }

  public static RouteStep.Builder upscaling() {
    return RouteStep.newBuilder()
        .setStage(Stage.UPSCALER)
        .setUpscaler(UpscalerParameters.getDefaultInstance());
  }

  /** A task at the end of its route. */
  public static Task upscalerTask() {
    return Task.newBuilder()
        .setHeader(header())
        .setStep(upscaling())
        .putInputs("sample", TensorMessages.of(new float[] {1, 2, 3}, 1, 3, 1, 1))
        .build();
  }

  /** Doubles the embedding in three steps. */
  public static StageResult denoise(Task task, StageContext context) {
    return denoise(task, context, 3);
  }

  public static StageResult denoise(Task task, StageContext context, int steps) {
    for (int step = 1; step <= steps; step++) {
      int made = step;
      elsewhere(() -> context.progress(made, steps));
    }
    float[] values = TensorMessages.floats("image_embeds", task.getInputsOrThrow("image_embeds"));
    return StageResult.newBuilder()
        .setHeader(task.getHeader())
        .putOutputs("sample", doubled(values))
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
    return TensorMessages.of(doubled, 1, values.length);
  }

  /** A picture of one pixel; not that anybody looks at it here. */
  public static StageResult upscale(Task task, StageContext context) {
    context.progress(1, 1);
    return StageResult.newBuilder()
        .setHeader(task.getHeader())
        .setImage(
            PngImage.newBuilder()
                .setPng(ByteString.copyFromUtf8("png of " + task.getHeader().getImageId()))
                .setWidth(1)
                .setHeight(1))
        .build();
  }
}
