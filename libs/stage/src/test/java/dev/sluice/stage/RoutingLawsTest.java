package dev.sluice.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.sluice.contract.Tensors;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.DenoiserParameters;
import dev.sluice.contract.v1.DenoiserTask;
import dev.sluice.contract.v1.PriorParameters;
import dev.sluice.contract.v1.PriorTask;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.SamplingParameters;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.TaskHeader;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.contract.v1.TextEncoderParameters;
import dev.sluice.contract.v1.TextEncoderTask;
import dev.sluice.contract.v1.UpscalerParameters;
import dev.sluice.contract.v1.UpscalerTask;
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
      Map.of("sample", Tensors.of(new float[] {1, 2}, 1, 2));

  @Property(tries = 200)
  void task_passesEveryStepInOrderWithItsOwnParameters(
      @ForAll @Size(min = 1, max = 6) List<@From("steps") RouteStep> route) {
    List<RouteStep> left = route;
    for (RouteStep step : route) {
      Message task = Routing.task(HEADER, INPUTS, left);

      left = route(task);
      assertThat(parameters(task)).isEqualTo(parameters(step));
      assertThat(stage(task)).isEqualTo(step.getStage());
      assertThat(header(task)).isEqualTo(HEADER);
      assertThat(inputs(task)).isEqualTo(INPUTS);
    }
    assertThat(left).isEmpty();
  }

  @Property(tries = 100)
  void task_isOfTheStepsModelIfItNamesOne(@ForAll("steps") RouteStep step) {
    RouteStep other = step.toBuilder().setModel("another").build();

    assertThat(header(Routing.task(HEADER, INPUTS, List.of(step)))).isEqualTo(HEADER);
    assertThat(header(Routing.task(HEADER, INPUTS, List.of(other))))
        .isEqualTo(HEADER.toBuilder().setModel("another").build());
  }

  private static Object header(Message task) {
    return task.getField(field(task, "header"));
  }

  @Property(tries = 200)
  void check_acceptsARouteIfAndOnlyIfItEndsAtTheUpscaler(
      @ForAll("stages") Stage stage, @ForAll @Size(max = 6) List<@From("steps") RouteStep> route) {
    Stage last = route.isEmpty() ? stage : route.get(route.size() - 1).getStage();

    if (last == Stage.UPSCALER) {
      assertThatCode(() -> Routing.check(stage, route)).doesNotThrowAnyException();
    } else {
      assertThatThrownBy(() -> Routing.check(stage, route))
          .isInstanceOfSatisfying(
              InvalidTaskException.class, e -> assertThat(e.field()).isEqualTo("route"))
          .hasMessageContaining("ends at the stage " + last);
    }
  }

  @Property(tries = 100)
  void check_refusesWhatIsNoTopic(
      @ForAll("stages") Stage stage,
      @ForAll("notTopics") String topic,
      @ForAll("steps") RouteStep step) {
    List<RouteStep> route =
        List.of(step.toBuilder().setTopic(topic).build(), upscaling(List.of()).build());

    assertThatThrownBy(() -> Routing.check(stage, route))
        .isInstanceOf(InvalidTaskException.class)
        .hasMessageContaining("names no topic of Kafka");
  }

  @Property(tries = 20)
  void check_refusesToKeepTheWorkOfAStageOfAnotherVersion(
      @ForAll("stages") Stage stage, @ForAll("steps") RouteStep step) {
    List<RouteStep> route =
        List.of(step.toBuilder().setKeepAsValue(77).build(), upscaling(List.of()).build());

    assertThatThrownBy(() -> Routing.check(stage, route))
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
    Arbitrary<SamplingParameters> sampling =
        Combinators.combine(
                Arbitraries.integers().between(1, 1000), Arbitraries.doubles().between(0, 100))
            .as(
                (steps, scale) ->
                    SamplingParameters.newBuilder()
                        .setSteps(steps)
                        .setGuidanceScale(scale)
                        .build());
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

  private static RouteStep.Builder upscaling(List<SamplingParameters> cascade) {
    return RouteStep.newBuilder()
        .setStage(Stage.UPSCALER)
        .setTopic(Topics.tasks(Stage.UPSCALER))
        .setUpscaler(UpscalerParameters.newBuilder().addAllCascade(cascade));
  }

  private static Stage stage(Message task) {
    if (task instanceof TextEncoderTask) {
      return Stage.TEXT_ENCODER;
    }
    if (task instanceof PriorTask) {
      return Stage.PRIOR;
    }
    return task instanceof DenoiserTask ? Stage.DENOISER : Stage.UPSCALER;
  }

  private static Map<String, Tensor> inputs(Message task) {
    if (task instanceof TextEncoderTask text) {
      return text.getInputsMap();
    }
    if (task instanceof PriorTask prior) {
      return prior.getInputsMap();
    }
    return task instanceof DenoiserTask denoiser
        ? denoiser.getInputsMap()
        : ((UpscalerTask) task).getInputsMap();
  }

  @SuppressWarnings("unchecked")
  private static List<RouteStep> route(Message task) {
    return (List<RouteStep>) task.getField(field(task, "route"));
  }

  private static Object parameters(Message task) {
    return task.getField(field(task, "parameters"));
  }

  private static Object parameters(RouteStep step) {
    return step.getField(
        RouteStep.getDescriptor().findFieldByNumber(step.getParametersCase().getNumber()));
  }

  private static FieldDescriptor field(Message message, String name) {
    return message.getDescriptorForType().findFieldByName(name);
  }
}
