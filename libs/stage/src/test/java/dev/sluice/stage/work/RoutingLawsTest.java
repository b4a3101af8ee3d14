package dev.sluice.stage.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.contract.TensorMessages;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.DenoiserParameters;
import dev.sluice.contract.v1.PriorParameters;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.Task;
import dev.sluice.contract.v1.TaskHeader;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.contract.v1.TextEncoderParameters;
import dev.sluice.contract.v1.UpscalerParameters;
import dev.sluice.stage.rig.Tasks;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

class RoutingLawsTest {

  private static final TaskHeader HEADER = Tasks.header();
  private static final Map<String, Tensor> INPUTS =
      Map.of("sample", TensorMessages.of(new float[] {1, 2}, 1, 2));

  @Property(tries = 200)
  void task_passesEveryStepInOrderWithItsOwnParameters(
      @ForAll @Size(min = 1, max = 6) List<@From("steps") RouteStep> route) {
    List<RouteStep> left = route;
    for (RouteStep step : route) {
      Task task = Routing.task(HEADER, INPUTS, left);

      left = task.getRouteList();
      assertThat(task.getStep()).isEqualTo(step);
      assertThat(task.getHeader()).isEqualTo(HEADER);
      assertThat(task.getInputsMap()).isEqualTo(INPUTS);
    }
    assertThat(left).isEmpty();
  }

  @Property(tries = 100)
  void task_isOfTheStepsModelIfItNamesOne(@ForAll("steps") RouteStep step) {
    RouteStep other = step.toBuilder().setModel("another").build();

    assertThat(Routing.task(HEADER, INPUTS, List.of(step)).getHeader()).isEqualTo(HEADER);
    assertThat(Routing.task(HEADER, INPUTS, List.of(other)).getHeader())
        .isEqualTo(HEADER.toBuilder().setModel("another").build());
  }

  @Property(tries = 200)
  void check_acceptsARouteIfAndOnlyIfItEndsAtTheUpscaler(
      @ForAll("stages") Stage stage, @ForAll @Size(max = 6) List<@From("steps") RouteStep> route) {
    Stage last = route.isEmpty() ? stage : route.get(route.size() - 1).getStage();

    if (last == Stage.UPSCALER) {
      assertThatCode(() -> Routing.checkRoute(stage, route)).doesNotThrowAnyException();
    } else {
      assertThatThrownBy(() -> Routing.checkRoute(stage, route))
          .isInstanceOfSatisfying(
              InvalidTaskException.class, e -> assertThat(e.field()).isEqualTo("route"))
          .hasMessageContaining("ends at the stage " + last);
    }
  }

  @Property(tries = 100)
  void check_refusesAStepOfOneStageWithTheParametersOfAnother(
      @ForAll("stages") Stage stage, @ForAll("steps") RouteStep step) {
    RouteStep mixed = step.toBuilder().setStage(stage).build();
    List<RouteStep> route = List.of(mixed, upscaling(List.of()).build());

    if (stage == step.getStage()) {
      assertThatCode(() -> Routing.checkStep(stage, mixed)).doesNotThrowAnyException();
      assertThatCode(() -> Routing.checkRoute(stage, route)).doesNotThrowAnyException();
    } else {
      assertThatThrownBy(() -> Routing.checkStep(stage, mixed))
          .isInstanceOfSatisfying(
              InvalidTaskException.class, e -> assertThat(e.field()).isEqualTo("step"));
      assertThatThrownBy(() -> Routing.checkStep(stage, step))
          .isInstanceOf(InvalidTaskException.class);
      assertThatThrownBy(() -> Routing.checkRoute(stage, route))
          .isInstanceOf(InvalidTaskException.class)
          .hasMessageContaining("has the parameters of " + step.getParametersCase());
    }
  }

  @Property(tries = 100)
  void check_refusesWhatIsNoTopic(
      @ForAll("stages") Stage stage,
      @ForAll("notTopics") String topic,
      @ForAll("steps") RouteStep step) {
    List<RouteStep> route =
        List.of(step.toBuilder().setTopic(topic).build(), upscaling(List.of()).build());

    assertThatThrownBy(() -> Routing.checkRoute(stage, route))
        .isInstanceOf(InvalidTaskException.class)
        .hasMessageContaining("names no topic of Kafka");
  }

  @Property(tries = 20)
  void check_refusesToKeepTheWorkOfAStageOfAnotherVersion(
      @ForAll("stages") Stage stage, @ForAll("steps") RouteStep step) {
    List<RouteStep> route =
        List.of(step.toBuilder().setKeepAsValue(77).build(), upscaling(List.of()).build());

    assertThatThrownBy(() -> Routing.checkRoute(stage, route))
        .isInstanceOf(InvalidTaskException.class)
        .hasMessageContaining("kept as no known stage's work");
  }

  @Provide
  Arbitrary<Stage> stages() {
    return Arbitraries.of(Stage.TEXT_ENCODER, Stage.PRIOR, Stage.DENOISER, Stage.UPSCALER);
  }

  @Provide
  Arbitrary<String> notTopics() {
    return Arbitraries.oneOf(
        Arbitraries.of("", ".", "..", "a b", "a/b", "caf\u00e9", "t\n"),
        Arbitraries.strings().alpha().ofLength(250));
  }

  @Provide
  Arbitrary<RouteStep> steps() {
    Arbitrary<SamplingSettings> sampling =
        Combinators.combine(
                Arbitraries.integers().between(1, 1000), Arbitraries.doubles().between(0, 100))
            .as(
                (steps, scale) ->
                    SamplingSettings.newBuilder().setSteps(steps).setGuidanceScale(scale).build());
    Arbitrary<String> topics =
        Arbitraries.strings().withChars("abz019._-").ofMinLength(3).ofMaxLength(249);
    Arbitrary<RouteStep.Builder> steps =
        Arbitraries.oneOf(
            Arbitraries.strings()
                .map(
                    prompt ->
                        RouteStep.newBuilder()
                            .setStage(Stage.TEXT_ENCODER)
                            .setTextEncoder(TextEncoderParameters.newBuilder().setPrompt(prompt))),
            sampling.map(
                given ->
                    RouteStep.newBuilder()
                        .setStage(Stage.PRIOR)
                        .setPrior(PriorParameters.newBuilder().setSampling(given))),
            sampling.map(
                given ->
                    RouteStep.newBuilder()
                        .setStage(Stage.DENOISER)
                        .setDenoiser(DenoiserParameters.newBuilder().setSampling(given))),
            sampling.list().ofMaxSize(2).map(RoutingLawsTest::upscaling));
    return Combinators.combine(steps, topics)
        .as((step, topic) -> step.clone().setTopic(topic).build());
  }

  private static RouteStep.Builder upscaling(List<SamplingSettings> cascade) {
    return RouteStep.newBuilder()
        .setStage(Stage.UPSCALER)
        .setTopic(Topics.tasks(Stage.UPSCALER))
        .setUpscaler(UpscalerParameters.newBuilder().addAllCascade(cascade));
  }
}
