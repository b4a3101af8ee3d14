package dev.sluice.stage;

import com.google.protobuf.Message;
import dev.sluice.contract.v1.DenoiserTask;
import dev.sluice.contract.v1.PriorTask;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.TaskHeader;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.contract.v1.TextEncoderTask;
import dev.sluice.contract.v1.UpscalerTask;
import java.util.List;
import java.util.Map;

/** Makes the task of a stage from the route that a request carries. */
public final class Routing {

  private Routing() {}

  /**
   * The task for the first step of {@code route}.
   *
   * @param inputs every tensor made so far
   */
  public static Message task(TaskHeader header, Map<String, Tensor> inputs, List<RouteStep> route) {
    RouteStep step = route.get(0);
    List<RouteStep> rest = route.subList(1, route.size());
    return switch (step.getParametersCase()) {
      case TEXT_ENCODER ->
          TextEncoderTask.newBuilder()
              .setHeader(header)
              .setParameters(step.getTextEncoder())
              .putAllInputs(inputs)
              .addAllRoute(rest)
              .build();
      case PRIOR ->
          PriorTask.newBuilder()
              .setHeader(header)
              .setParameters(step.getPrior())
              .putAllInputs(inputs)
              .addAllRoute(rest)
              .build();
      case DENOISER ->
          DenoiserTask.newBuilder()
              .setHeader(header)
              .setParameters(step.getDenoiser())
              .putAllInputs(inputs)
              .addAllRoute(rest)
              .build();
      case UPSCALER ->
          UpscalerTask.newBuilder()
              .setHeader(header)
              .setParameters(step.getUpscaler())
              .putAllInputs(inputs)
              .addAllRoute(rest)
              .build();
      case PARAMETERS_NOT_SET ->
          throw InvalidTaskException.inField(
              "route", "the route's step to " + step.getTopic() + " has no parameters");
    };
  }
}
