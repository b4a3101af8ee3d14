package dev.sluice.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.denoise.DenoiserEngine;
import dev.sluice.pipeline.embed.EmbeddingEngine;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.request.DenoiseRequest;
import dev.sluice.pipeline.request.Prompt;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.pipeline.request.TensorNames;
import dev.sluice.pipeline.tensor.Samples;
import dev.sluice.pipeline.text.TextEncoder;
import dev.sluice.pipeline.upscale.PaintedPicture;
import dev.sluice.pipeline.upscale.UpscalerEngine;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Painting what an embedding shows, with the model that ships: only a trained one shows it. */
class UnClipPaintingTest {

  private static final int SIDE = 64;
  private static final float[] BEIGE = {0.74f, 0.57f, 0.25f};
  private static final float[] BLUE = {-0.8f, -0.8f, 0.7f};

  private static final ModelFolder MODEL =
      ModelFolder.open(
          Path.of(System.getProperty("sluice.goldens")).resolveSibling("models/shapes-unclip"));

  private static HostTensor.Floats filled(float[] color) {
    float[] values = new float[3 * SIDE * SIDE];
    for (int i = 0; i < values.length; i++) {
      values[i] = color[i / (SIDE * SIDE)];
    }
    return new HostTensor.Floats(values, 1, 3, SIDE, SIDE);
  }

  /** A blue square in the middle of beige. */
  private static HostTensor.Floats square() {
    HostTensor.Floats picture = filled(BEIGE);
    for (int i = 0; i < picture.values().length; i++) {
      int x = i % SIDE;
      int y = i / SIDE % SIDE;
      if (x >= 16 && x < 48 && y >= 16 && y < 48) {
        picture.values()[i] = BLUE[i / (SIDE * SIDE)];
      }
    }
    return picture;
  }

  /** The right half is painted. */
  private static HostTensor.Floats mask() {
    float[] values = new float[SIDE * SIDE];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % SIDE >= SIDE / 2 ? 1 : 0;
    }
    return new HostTensor.Floats(values, 1, 1, SIDE, SIDE);
  }

  private static void assertLeftHalf(HostTensor.Floats found, HostTensor.Floats expected) {
    int width = expected.shape()[3];
    assertThat(found.shape()).isEqualTo(expected.shape());
    for (int i = 0; i < expected.values().length; i++) {
      if (i % width < width / 2) {
        assertThat(found.values()[i]).isEqualTo(expected.values()[i]);
      }
    }
  }

  /** How much bluer than red the right half is. */
  private static double blueness(HostTensor.Floats picture) {
    int area = SIDE * SIDE;
    double sum = 0;
    for (int i = 0; i < area; i++) {
      if (i % SIDE >= SIDE / 2) {
        sum += picture.values()[2 * area + i] - picture.values()[i];
      }
    }
    return sum / area;
  }

  @Test
  void allNetworks_leaveWhatIsKnownAsItWasAndPaintTheRest() throws InterruptedException {
    HostTensor.Floats beige = filled(BEIGE);
    try (TextEncoder text = Families.textEncoder(MODEL, BatchLimit.DEFAULT);
        EmbeddingEngine embeddings = EmbeddingEngine.load(MODEL, BatchLimit.DEFAULT);
        DenoiserEngine decoder = Families.denoiser(MODEL, BatchLimit.DEFAULT);
        UpscalerEngine upscaler = Families.upscaler(MODEL, BatchLimit.DEFAULT)) {
      Map<String, HostTensor> inputs = new HashMap<>(text.encode(Prompt.of("a blue square")));
      inputs.putAll(embeddings.embed(square()));
      inputs.put(TensorNames.IMAGE, beige);
      inputs.put(TensorNames.MASK, mask());
      TorchGenerator generator = new TorchGenerator(7);

      HostTensor.Floats small =
          decoder.denoise(
              DenoiseRequest.of(inputs, Sampling.of(20, 2)), generator, StepListener.NONE);
      HostTensor.Floats large =
          upscaler.upscale(
              small,
              List.of(Sampling.ofSteps(7)),
              Optional.of(new PaintedPicture(beige, mask())),
              generator,
              StepListener.NONE);

      assertLeftHalf(small, Samples.clamp(Samples.resize(beige, 16)));
      assertLeftHalf(large, beige);
      assertThat(blueness(large)).isGreaterThan(blueness(beige) + 0.1);
    }
  }

  @Test
  void aMask_mustLieOnThePicture() {
    HostTensor.Floats small = new HostTensor.Floats(new float[4], 1, 1, 2, 2);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PaintedPicture(filled(BEIGE), small))
        .withMessageContaining("[1, 1, 2, 2]");
  }
}
