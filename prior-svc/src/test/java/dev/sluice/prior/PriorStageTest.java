package dev.sluice.prior;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.contract.v1.PriorParameters;
import dev.sluice.contract.v1.PriorResult;
import dev.sluice.contract.v1.PriorTask;
import dev.sluice.contract.v1.SamplingParameters;
import dev.sluice.contract.v1.StageResult;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.diffusion.TorchGenerator;
import dev.sluice.pipeline.BatchLimit;
import dev.sluice.pipeline.PriorEngine;
import dev.sluice.pipeline.Sampling;
import dev.sluice.pipeline.StepListener;
import dev.sluice.pipeline.TensorNames;
import dev.sluice.serving.StageTensors;
import dev.sluice.serving.StageTrial;
import dev.sluice.stage.InvalidTaskException;
import dev.sluice.stage.Stage;
import dev.sluice.stage.StageStoppedException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PriorStageTest {

  private static final Map<String, Tensor> TEXT = StageTrial.text("a red circle above a square");

  private final Stage<PriorTask, PriorResult> stage = new PriorStage(StageTrial.engines()).load();

  private static PriorTask task(SamplingParameters sampling) {
    return PriorTask.newBuilder()
        .setHeader(StageTrial.header(7))
        .setParameters(PriorParameters.newBuilder().setSampling(sampling))
        .putAllInputs(TEXT)
        .build();
  }

  @Test
  void run_samplesAsTheEngineDoesAndHandsOnTheGenerator() throws Exception {
    StageTrial.Context context = new StageTrial.Context();
    StageResult result = stage.run(task(StageTrial.sampling(4, 3)), context).getResult();

    TorchGenerator generator = new TorchGenerator(7);
    try (PriorEngine engine = PriorEngine.load(StageTrial.model(), BatchLimit.DEFAULT)) {
      assertThat(result.getOutputsMap())
          .containsOnly(
              Map.entry(
                  "image_embeds",
                  StageTensors.of(
                      engine.sample(
                          StageTensors.text(TEXT, ""),
                          StageTensors.text(TEXT, TensorNames.NEGATIVE),
                          Sampling.of(4, 3),
                          generator,
                          StepListener.NONE))));
    }
    assertThat(result.getHeader().getGeneratorState().toByteArray()).isEqualTo(generator.state());
    assertThat(context.progress()).containsExactly("1/4", "2/4", "3/4", "4/4");
  }

  @Test
  void run_stopsBetweenSteps() {
    StageTrial.Context context = new StageTrial.Context(2);

    assertThatThrownBy(() -> stage.run(task(StageTrial.sampling(50, 3)), context))
        .isInstanceOf(StageStoppedException.class);
    assertThat(context.progress()).containsExactly("1/50", "2/50");
  }

  @ParameterizedTest
  @ValueSource(strings = {"NovelScheduler", "EulerAncestralDiscreteScheduler"})
  void run_saysWhichSamplersCanSampleTheModel(String sampler) {
    SamplingParameters sampling = StageTrial.sampling(4, 3).toBuilder().setSampler(sampler).build();

    assertThatThrownBy(() -> stage.run(task(sampling), new StageTrial.Context()))
        .isInstanceOf(InvalidTaskException.class)
        .hasMessageContaining(sampler)
        .hasMessageContaining("expected");
  }

  @Test
  void run_refusesAForeignGeneratorState() {
    PriorTask task = task(StageTrial.sampling(4, 3));
    PriorTask foreign =
        task.toBuilder()
            .setHeader(
                task.getHeader().toBuilder()
                    .setGeneratorState(com.google.protobuf.ByteString.copyFromUtf8("dice")))
            .build();

    assertThatThrownBy(() -> stage.run(foreign, new StageTrial.Context()))
        .isInstanceOf(InvalidTaskException.class)
        .hasMessageContaining("not the state of a generator");
  }
}
