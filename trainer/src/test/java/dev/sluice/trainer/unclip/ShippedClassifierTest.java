package dev.sluice.trainer.unclip;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.diffusion.TorchGenerator;
import dev.sluice.networks.graph.HostTensor;
import dev.sluice.pipeline.BatchLimit;
import dev.sluice.pipeline.DenoiseRequest;
import dev.sluice.pipeline.DenoiserEngine;
import dev.sluice.pipeline.EmbeddingEngine;
import dev.sluice.pipeline.GuidanceOptions;
import dev.sluice.pipeline.ModelFolder;
import dev.sluice.pipeline.Prompt;
import dev.sluice.pipeline.Sampling;
import dev.sluice.pipeline.StepListener;
import dev.sluice.pipeline.TensorNames;
import dev.sluice.pipeline.TextEmbedding;
import dev.sluice.pipeline.TextEncoder;
import dev.sluice.pipeline.UpscalerEngine;
import dev.sluice.trainer.shapes.Shape;
import dev.sluice.trainer.truth.SceneReader;
import dev.sluice.trainer.truth.SceneReading;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Classifier guidance with the networks that ship. */
class ShippedClassifierTest {

  private static final ModelFolder MODEL =
      ModelFolder.open(
          Path.of(System.getProperty("sluice.goldens"))
              .resolveSibling("models")
              .resolve("shapes-unclip"));
  private static final int PICTURES = 8;

  @Test
  void theClassifierTurnsOneShapeIntoAnother() throws InterruptedException {
    assertThat(shapes(Shape.SQUARE, 0)).as("no classifier").isLessThanOrEqualTo(1);
    assertThat(shapes(Shape.SQUARE, 20)).as("towards squares").isGreaterThanOrEqualTo(6);
  }

  /** How many of some pictures of a large red circle show that shape. */
  private static int shapes(Shape wanted, double scale) throws InterruptedException {
    Sampling prior = Sampling.of(15, 2);
    Sampling decoder = Sampling.of(20, 1).guided(new GuidanceOptions(0, 0, 1, scale, 0));
    List<Sampling> upscaling = List.of(Sampling.ofSteps(5));
    int found = 0;
    try (TextEncoder text = TextEncoder.load(MODEL);
        EmbeddingEngine embeddings = EmbeddingEngine.load(MODEL, BatchLimit.DEFAULT);
        DenoiserEngine denoiser = DenoiserEngine.load(MODEL, BatchLimit.DEFAULT);
        UpscalerEngine upscaler = UpscalerEngine.load(MODEL, BatchLimit.DEFAULT)) {
      Map<String, HostTensor> words = text.encode(Prompt.of("a large red circle"));
      for (int seed = 0; seed < PICTURES; seed++) {
        TorchGenerator generator = new TorchGenerator(seed);
        Map<String, HostTensor> inputs = new HashMap<>(words);
        inputs.put(TensorNames.CLASS_LABEL, new HostTensor.Longs(new long[] {wanted.ordinal()}, 1));
        inputs.putAll(
            embeddings.sample(
                TextEmbedding.of(words, ""),
                TextEmbedding.of(words, TensorNames.NEGATIVE),
                false,
                1,
                false,
                prior,
                generator,
                StepListener.NONE));
        HostTensor.Floats small =
            denoiser.denoise(DenoiseRequest.of(inputs, decoder), generator, StepListener.NONE);
        HostTensor.Floats large = upscaler.upscale(small, upscaling, generator, StepListener.NONE);
        SceneReading reading = SceneReader.read(large.values());
        boolean shows =
            reading.objects().size() == 1
                && reading.objects().get(0).shape().filter(wanted::equals).isPresent();
        found += shows ? 1 : 0;
      }
    }
    return found;
  }
}
