package dev.sluice.stage;

import com.google.protobuf.Message;
import dev.sluice.contract.v1.DenoiserTask;
import dev.sluice.contract.v1.PriorTask;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.TaskHeader;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.contract.v1.TextEncoderTask;
import dev.sluice.contract.v1.UpscalerTask;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Makes the task of a stage from the route that a request carries. */
public final class Routing {

  /** What Kafka allows as a topic's name. */
  private static final Pattern TOPIC = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1,249}");

  private Routing() {}

  /**
   * Checks what comes after a stage, before the stage does its work in vain.
   *
   * @throws InvalidTaskException when the route leads nowhere
   */
  static void check(Stage stage, List<RouteStep> route) {
    Stage last = route.isEmpty() ? stage : route.get(route.size() - 1).getStage();
    if (last != Stage.UPSCALER) {
      throw InvalidTaskException.inField(
          "route",
          "the route ends at the stage %s, which makes no picture; it must end at the upscaler"
              .formatted(last));
    }
    for (RouteStep step : route) {
      if (!TOPIC.matcher(step.getTopic()).matches()) {
        throw InvalidTaskException.inField(
            "route", "the route's step to %s names no topic of Kafka".formatted(step.getStage()));
      }
      if (step.getParametersCase() == RouteStep.ParametersCase.PARAMETERS_NOT_SET) {
        throw withoutParameters(step);
      }
      if (step.getKeepAs() == Stage.UNRECOGNIZED) {
        throw InvalidTaskException.inField(
            "route",
            "the route's step to %s is to be kept as no known stage's work"
                .formatted(step.getTopic()));
      }
    }
  }

  private static InvalidTaskException withoutParameters(RouteStep step) {
    return InvalidTaskException.inField(
        "route", "the route's step to %s has no parameters".formatted(step.getTopic()));
  }

  /**
   * The task for the first step of {@code route}.
   *
   * @param inputs every tensor made so far
   */
  public static Message task(TaskHeader before, Map<String, Tensor> inputs, List<RouteStep> route) {
    RouteStep step = route.get(0);
    TaskHeader header =
        step.getModel().isEmpty() ? before : before.toBuilder().setModel(step.getModel()).build();
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
      case PARAMETERS_NOT_SET -> throw withoutParameters(step);
    };
  }
}
