package dev.sluice.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.contract.TensorMessages;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.StageResult;
import dev.sluice.contract.v1.StageTiming;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.Families;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.denoise.DenoiserEngine;
import dev.sluice.pipeline.embed.DiffusionPrior;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.request.DenoiseRequest;
import dev.sluice.pipeline.request.Prompt;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.pipeline.request.TensorNames;
import dev.sluice.pipeline.request.TextEmbedding;
import dev.sluice.pipeline.text.TextEncoder;
import dev.sluice.pipeline.upscale.UpscalerEngine;
import dev.sluice.planning.request.RequestException;
import dev.sluice.stage.work.StageStoppedException;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalRunTest {

  private static final Path MODEL =
      Path.of(System.getProperty("sluice.models"), "shapes-unclip").toAbsolutePath();
  private static final String PROMPT = "a large red circle";

  /** What calls of other sizes make of a sum's last digits, over all steps. */
  private static final Offset<Float> ROUNDING = Offset.offset(2e-2f);

  @Test
  void generate_makesWhatTheEnginesMakeOneAfterTheOther() throws Exception {
    GenerationRequest request =
        request().setPrior(steps(4)).setDenoiser(steps(5)).addUpscaler(steps(3)).build();
    try (LocalRun run = LocalRun.of(MODEL)) {
      List<StageResult> made = run.generate(request);
      assertThat(made).hasSize(1);
      float[] values = TensorMessages.floats("sample", made.get(0).getOutputsOrThrow("sample"));
      float[] expected = byEngines(4, 5, List.of(3, 7));
      assertThat(values).hasSameSizeAs(expected);
      for (int i = 0; i < values.length; i++) {
        assertThat(values[i]).isCloseTo(expected[i], ROUNDING);
      }
    }
  }

  @Test
  void generate_givesEachPictureWithItsSeedAndTheStagesThatItPassed() throws Exception {
    GenerationRequest request =
        request()
            .setN(2)
            .setPrior(steps(2))
            .setDenoiser(steps(2))
            .addUpscaler(steps(2))
            .addUpscaler(steps(2))
            .build();
    try (LocalRun run = LocalRun.of(MODEL)) {
      List<StageResult> made = run.generate(request);
      assertThat(made).extracting(picture -> picture.getHeader().getSeed()).containsExactly(7L, 8L);
      for (StageResult picture : made) {
        assertThat(picture.getHeader().getTimingsList())
            .extracting(StageTiming::getStage)
            .containsExactly(Stage.TEXT_ENCODER, Stage.PRIOR, Stage.DENOISER, Stage.UPSCALER);
        assertThat(
                ImageIO.read(new ByteArrayInputStream(picture.getImage().getPng().toByteArray()))
                    .getWidth())
            .isEqualTo(picture.getImage().getWidth())
            .isEqualTo(64);
      }
      assertThat(made.get(0).getImage().getPng()).isNotEqualTo(made.get(1).getImage().getPng());
    }
  }

  @Test
  void generate_refusesWhatTheGatewayRefuses() {
    try (LocalRun run = LocalRun.of(MODEL)) {
      assertThatThrownBy(() -> run.generate(request().setDenoiser(steps(1001)).build()))
          .isInstanceOf(RequestException.class)
          .hasMessage("denoiser: steps is 1001; give 1 to 1000.");
      assertThatThrownBy(() -> run.generate(request().setModel("another").build()))
          .isInstanceOf(RequestException.class)
          .hasMessageContaining("There is no model 'another'; there are: shapes-unclip.");
    }
  }

  @Test
  void generate_endsWhenItsThreadIsInterrupted() {
    try (LocalRun run = LocalRun.of(MODEL)) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> run.generate(request().build()))
          .isInstanceOf(StageStoppedException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void of_takesAFolderWhoseNameRequestsCannotSay(@TempDir Path temp) throws Exception {
    Path odd = Files.createSymbolicLink(temp.resolve("my model (2)"), MODEL);
    try (LocalRun run = LocalRun.of(odd)) {
      GenerationRequest request =
          request().setPrior(steps(2)).setDenoiser(steps(2)).addUpscaler(steps(2)).build();
      assertThat(run.generate(request).get(0).getHeader().getModel()).isEqualTo("my-model-2-");
    }
  }

  private static GenerationRequest.Builder request() {
    return GenerationRequest.newBuilder().setPrompt(PROMPT).setSeed(7);
  }

  private static SamplingSettings steps(int steps) {
    return SamplingSettings.newBuilder().setSteps(steps).build();
  }

  /** The same picture without a plan, by what {@code sampling_defaults.json} says of guidance. */
  private static float[] byEngines(int priorSteps, int steps, List<Integer> upscalerSteps)
      throws InterruptedException {
    ModelFolder model = ModelFolder.open(MODEL);
    TorchGenerator generator = new TorchGenerator(7);
    try (TextEncoder text = Families.textEncoder(model, BatchLimit.DEFAULT);
        DiffusionPrior prior = DiffusionPrior.load(model, BatchLimit.DEFAULT);
        DenoiserEngine decoder = Families.denoiser(model, BatchLimit.DEFAULT);
        UpscalerEngine upscaler = Families.upscaler(model, BatchLimit.DEFAULT)) {
      Map<String, HostTensor> inputs = new LinkedHashMap<>(text.encode(Prompt.of(PROMPT)));
      HostTensor.Floats embedding =
          prior.sample(
              List.of(TextEmbedding.of(inputs, "")),
              List.of(TextEmbedding.of(inputs, TensorNames.NEGATIVE)),
              Sampling.of(priorSteps, 2),
              generator,
              StepListener.NONE);
      inputs.put(TensorNames.IMAGE_EMBEDS, embedding);
      HostTensor.Floats small =
          decoder.denoise(
              DenoiseRequest.of(inputs, Sampling.of(steps, 2)), generator, StepListener.NONE);
      return upscaler
          .upscale(
              small,
              upscalerSteps.stream().map(Sampling::ofSteps).toList(),
              generator,
              StepListener.NONE)
          .values();
    }
  }
}
