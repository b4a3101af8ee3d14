package dev.sluice.stage.work;

import dev.sluice.contract.Stages;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.Task;
import dev.sluice.contract.v1.TaskHeader;
import dev.sluice.contract.v1.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Makes the task of a stage from the route that a request carries. */
public final class Routing {

  /** What Kafka allows as a topic's name. */
  private static final Pattern TOPIC = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1,249}");

  private Routing() {}

  /**
   * Checks what a stage is asked to do.
   *
   * @throws InvalidTaskException when that is the work of another one, or nothing
   */
  static void checkStep(Stage stage, RouteStep step) {
    if (step.getStage() != stage || !isOfItsStage(step)) {
      throw InvalidTaskException.inField(
          "step",
          "the step is of the stage %s with the parameters %s; a task of this stage has a step of %s with parameters of that name"
              .formatted(step.getStage(), step.getParametersCase(), stage));
    }
  }

  /**
   * Checks what comes after a stage, before the stage does its work in vain.
   *
   * @throws InvalidTaskException when the route leads nowhere
   */
  public static void checkRoute(Stage stage, List<RouteStep> route) {
    Stage last = route.isEmpty() ? stage : route.get(route.size() - 1).getStage();
    if (!Stages.makesImage(last)) {
      throw InvalidTaskException.inField(
          "route",
          "the route ends at the stage %s, which makes no picture; it must end at the %s"
              .formatted(last, ends()));
    }
    for (RouteStep step : route) {
      if (!TOPIC.matcher(step.getTopic()).matches()) {
        throw InvalidTaskException.inField(
            "route", "the route's step to %s names no topic of Kafka".formatted(step.getStage()));
      }
      if (step.getParametersCase() == RouteStep.ParametersCase.PARAMETERS_NOT_SET) {
        throw InvalidTaskException.inField(
            "route", "the route's step to %s has no parameters".formatted(step.getTopic()));
      }
      if (!isOfItsStage(step)) {
        throw InvalidTaskException.inField(
            "route",
            "the route's step to %s is of the stage %s and has the parameters of %s"
                .formatted(step.getTopic(), step.getStage(), step.getParametersCase()));
      }
      if (step.getKeepAs() == Stage.UNRECOGNIZED) {
        throw InvalidTaskException.inField(
            "route",
            "the route's step to %s is to be kept as no known stage's work"
                .formatted(step.getTopic()));
      }
    }
  }

  private static String ends() {
    return Stages.ALL.stream()
        .filter(Stages::makesImage)
        .map(Topics::name)
        .collect(Collectors.joining(" or the "));
  }

  /** The fields of parameters are called as the stages. */
  private static boolean isOfItsStage(RouteStep step) {
    return step.getParametersCase().name().equals(step.getStage().name());
  }

  /**
   * The task for the first step of {@code route}.
   *
   * @param inputs every tensor made so far
   * @param route not empty
   */
  public static Task task(TaskHeader before, Map<String, Tensor> inputs, List<RouteStep> route) {
    RouteStep step = route.get(0);
    TaskHeader header =
        step.getModel().isEmpty() ? before : before.toBuilder().setModel(step.getModel()).build();
    return Task.newBuilder()
        .setHeader(header)
        .setStep(step)
        .putAllInputs(inputs)
        .addAllRoute(route.subList(1, route.size()))
        .build();
  }

  /**
   * The task that comes after another one. What a newer version has said in it that is not known
   * here goes along.
   *
   * @param done whose route is not empty
   * @param header as its stage left it
   * @param outputs what its stage made; takes the place of inputs that are called the same
   */
  public static Task next(Task done, TaskHeader header, Map<String, Tensor> outputs) {
    Map<String, Tensor> tensors = new LinkedHashMap<>(done.getInputsMap());
    tensors.putAll(outputs);
    return task(header, tensors, done.getRouteList()).toBuilder()
        .setUnknownFields(done.getUnknownFields())
        .build();
  }
}
