package dev.sluice.trainer.vq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.InstanceOfAssertFactories.BYTE_ARRAY;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.networks.code.CodeGrid;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.Families;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.denoise.DenoiserEngine;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.request.DenoiseRequest;
import dev.sluice.pipeline.request.Prompt;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.pipeline.request.TensorNames;
import dev.sluice.pipeline.text.TextEncoder;
import dev.sluice.pipeline.upscale.UpscalerEngine;
import dev.sluice.trainer.latent.TinyLatents;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShapesVqTest {

  @TempDir private Path folder;

  @Test
  void isTrainedOnCodesServedAndGoneOnWithBitForBit() throws IOException, InterruptedException {
    String told = TinyVq.train(folder, null, false);
    assertThat(TinyLatents.loss(told, "autoencoder", "vqvae", "20/20"))
        .isLessThan(TinyLatents.loss(told, "autoencoder", "vqvae", "10/20"));
    assertThat(TinyLatents.loss(told, "codes", "transformer", "20/20"))
        .isLessThan(TinyLatents.loss(told, "codes", "transformer", "10/20"));

    ModelFolder model = ModelFolder.open(folder.resolve("model"));
    assertThat(model.pipeline().className()).isEqualTo("VQVAE2Pipeline");
    try (TextEncoder text = Families.textEncoder(model, BatchLimit.DEFAULT);
        DenoiserEngine codes = Families.denoiser(model, BatchLimit.DEFAULT);
        UpscalerEngine decoder = Families.upscaler(model, BatchLimit.DEFAULT)) {
      HostTensor.Floats circle = codes(text, codes, "a red circle");
      assertThat(circle.shape()).containsExactly(1, 2, 8, 8);
      assertThat(codes(text, codes, "a blue star").values())
          .as("what the text says matters")
          .isNotEqualTo(circle.values());
      HostTensor.Floats picture =
          decoder.upscale(
              circle, List.of(), Optional.empty(), new TorchGenerator(1), StepListener.NONE);
      assertThat(picture.shape()).containsExactly(1, 3, 64, 64);
      assertThat(picture.allFinite()).isTrue();
      assertPreviewed(codes, circle);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> codes(text, codes, "a red circle", TensorNames.NOISE))
          .withMessageContaining("noise is given")
          .withMessageContaining("starts from nothing");
    }

    Path other = folder.resolve("other");
    TinyVq.train(other, "autoencoder", false, "phases.autoencoder.steps=19");
    TinyVq.train(other, "autoencoder", true);
    String weights = "model/vqvae/diffusion_pytorch_model.safetensors";
    assertThat(other.resolve(weights)).hasSameBinaryContentAs(folder.resolve(weights));
    TinyVq.train(other, "codes", false, "phases.codes.steps=19");
    TinyVq.train(other, "codes", true);
    String drawn = "model/transformer/diffusion_pytorch_model.safetensors";
    assertThat(other.resolve(drawn)).hasSameBinaryContentAs(folder.resolve(drawn));
  }

  /** Of codes of which the second half is still to come. */
  private static void assertPreviewed(DenoiserEngine codes, HostTensor.Floats sample) {
    float[] half = sample.values().clone();
    Arrays.fill(half, 64 + 32, half.length, CodeGrid.NONE);
    CompletableFuture<byte[]> shown = new CompletableFuture<>();
    codes.previews().show(new HostTensor.Floats(half, sample.shape()), shown::complete);
    assertThat(shown).succeedsWithin(Duration.ofMinutes(1)).asInstanceOf(BYTE_ARRAY).isNotEmpty();
  }

  /** The codes of a caption, with inputs beside it that mean nothing to a model of codes. */
  private static HostTensor.Floats codes(
      TextEncoder text, DenoiserEngine codes, String caption, String... others)
      throws InterruptedException {
    Map<String, HostTensor> inputs = new LinkedHashMap<>(text.encode(Prompt.of(caption)));
    for (String other : others) {
      inputs.put(other, new HostTensor.Floats(new float[128], 1, 2, 8, 8));
    }
    return codes.denoise(
        DenoiseRequest.of(inputs, Sampling.of(1, 3)), new TorchGenerator(1), StepListener.NONE);
  }
}
