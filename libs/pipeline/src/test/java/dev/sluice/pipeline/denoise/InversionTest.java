package dev.sluice.pipeline.denoise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.config.Thresholding;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.diffusion.schedule.TimestepSpacing;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.Families;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.embed.EmbeddingEngine;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.request.DenoiseRequest;
import dev.sluice.pipeline.request.Prompt;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.pipeline.request.TensorNames;
import dev.sluice.pipeline.tensor.Samples;
import dev.sluice.pipeline.text.TextEncoder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** With the model that ships: only a trained decoder knows noise from pictures. */
class InversionTest {

  private static final Path GOLDENS = Path.of(System.getProperty("sluice.goldens"));

  private static final ModelFolder MODEL =
      ModelFolder.open(GOLDENS.resolveSibling("models").resolve("shapes-unclip"));

  private static final int STEPS = 40;

  private static Sampling ddim() {
    return Sampling.ofSteps(STEPS)
        .by("DDIMScheduler")
        .spaced(Optional.of(TimestepSpacing.TRAILING))
        .thresholded(Optional.of(new Thresholding.None()));
  }

  /** A red square, low and left, on white. */
  private static HostTensor.Floats picture() {
    int side = 64;
    float[] values = new float[3 * side * side];
    for (int i = 0; i < side * side; i++) {
      boolean red = i / side >= 34 && i / side < 58 && i % side >= 8 && i % side < 32;
      values[i] = red ? 0.7f : 1;
      values[side * side + i] = red ? -0.8f : 1;
      values[2 * side * side + i] = red ? -0.8f : 1;
    }
    return new HostTensor.Floats(values, 1, 3, side, side);
  }

  private static double distance(HostTensor.Floats one, HostTensor.Floats other) {
    double sum = 0;
    for (int i = 0; i < one.values().length; i++) {
      sum += Math.abs(one.values()[i] - other.values()[i]);
    }
    return sum / one.values().length;
  }

  @Test
  void noise_thatAPictureWasMadeFromMakesItAgain() throws InterruptedException {
    try (TextEncoder text = Families.textEncoder(MODEL, BatchLimit.DEFAULT);
        EmbeddingEngine embeddings = EmbeddingEngine.load(MODEL, BatchLimit.DEFAULT);
        DenoiserEngine decoder = Families.denoiser(MODEL, BatchLimit.DEFAULT)) {
      HostTensor.Floats picture = picture();
      Map<String, HostTensor> inputs = new HashMap<>(text.encode(Prompt.of("")));
      inputs.putAll(embeddings.embed(picture));
      inputs.put(TensorNames.IMAGE, picture);
      TorchGenerator generator = new TorchGenerator(7);

      HostTensor.Floats noise =
          decoder.invert(DenoiseRequest.of(inputs, ddim()), generator, StepListener.NONE);
      HostTensor.Floats fromFresh =
          decoder.denoise(DenoiseRequest.of(inputs, ddim()), generator, StepListener.NONE);
      inputs.put(TensorNames.NOISE, noise);
      HostTensor.Floats fromNoise =
          decoder.denoise(DenoiseRequest.of(inputs, ddim()), generator, StepListener.NONE);

      HostTensor.Floats small = Samples.resize(picture, 16);
      assertThat(distance(fromNoise, small)).isLessThan(0.05);
      assertThat(distance(fromNoise, small)).isLessThan(distance(fromFresh, small) / 3);
    }
  }

  @Test
  void invert_isRefusedByModelsThatCannot() throws InterruptedException {
    ModelFolder other = ModelFolder.open(GOLDENS.resolve("pipe-ddpm"));
    try (DenoiserEngine engine = Families.denoiser(other, BatchLimit.DEFAULT)) {
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  engine.invert(
                      DenoiseRequest.of(Map.of(), ddim()),
                      new TorchGenerator(1),
                      StepListener.NONE))
          .withMessageContaining("does not invert pictures");
    }
  }
}
