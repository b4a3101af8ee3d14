package dev.sluice.trainer.latent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.Families;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.request.Prompt;
import dev.sluice.pipeline.text.TextEncoder;
import dev.sluice.trainer.system.TrainingException;
import dev.sluice.trainer.system.Trainings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShapesLdmTest {

  @TempDir private Path folder;

  private String train(Path to, String phase, boolean resume, String... settings)
      throws IOException {
    String[] tiny = {
      "built-on.text_encoder=" + TinyLatents.CLIP,
      "phases.autoencoder.batch=8",
      "phases.autoencoder.shards=1",
      "phases.autoencoder.steps=20",
      "phases.autoencoder.measured=8",
      "phases.autoencoder.optimizer.rate=1e-2",
      "phases.autoencoder.optimizer.warm-up=1",
      "phases.autoencoder.optimizer.course=constant",
      "components.vae.block_out_channels=[4, 4, 4]",
      "components.vae.norm_num_groups=2",
      "phases.text-to-latents.batch=8",
      "phases.text-to-latents.kept=64",
      "phases.text-to-latents.shards=1",
      "phases.text-to-latents.optimizer.rate=1e-2",
      "phases.text-to-latents.optimizer.warm-up=1",
      "phases.text-to-latents.optimizer.course=constant",
      "components.unet.block_out_channels=[4, 8]",
      "components.unet.down_block_types=[DownBlock2D, CrossAttnDownBlock2D]",
      "components.unet.up_block_types=[CrossAttnUpBlock2D, UpBlock2D]",
      "components.unet.attention_head_dim=2",
      "components.unet.norm_num_groups=2",
    };
    return Trainings.train(
        new ShapesLdm(),
        to,
        null,
        phase,
        resume,
        Stream.of(tiny, settings).flatMap(Stream::of).toArray(String[]::new));
  }

  @Test
  void isTrainedInLatentsServedAsStableDiffusionAndGoneOnWithBitForBit()
      throws IOException, InterruptedException {
    String told = train(folder, null, false, "phases.text-to-latents.steps=20");
    assertThat(TinyLatents.loss(told, "autoencoder", "vae", "20/20"))
        .isLessThan(TinyLatents.loss(told, "autoencoder", "vae", "10/20"));
    assertThat(TinyLatents.loss(told, "text-to-latents", "unet", "20/20"))
        .isLessThan(TinyLatents.loss(told, "text-to-latents", "unet", "10/20"));

    ModelFolder model = ModelFolder.open(folder.resolve("model"));
    assertThat(model.pipeline().className()).isEqualTo("StableDiffusionPipeline");
    TinyLatents.assertUnitVariance(model, TinyLatents.shapes());
    try (TextEncoder text = Families.textEncoder(model, BatchLimit.DEFAULT)) {
      HostTensor.Floats circle = TinyLatents.picture(model, states(text, "a red circle"));
      assertThat(circle.shape()).containsExactly(1, 3, 64, 64);
      assertThat(circle.allFinite()).isTrue();
      assertThat(TinyLatents.picture(model, states(text, "a blue star")).values())
          .as("what the text says matters")
          .isNotEqualTo(circle.values());
    }

    Path other = folder.resolve("other");
    train(other, "autoencoder", false, "phases.autoencoder.steps=19");
    train(other, "autoencoder", true);
    String weights = "model/vae/diffusion_pytorch_model.safetensors";
    assertThat(other.resolve(weights)).hasSameBinaryContentAs(folder.resolve(weights));
  }

  private static Map<String, HostTensor> states(TextEncoder text, String caption) {
    return text.encode(Prompt.of(caption));
  }

  @Test
  void whatItIsBuiltOn_isAskedForByName() {
    assertThatExceptionOfType(TrainingException.class)
        .isThrownBy(() -> train(folder, "text-to-latents", false, "phases.text-to-latents.steps=1"))
        .withMessageContaining("vae of the model")
        .withMessageContaining("train that model first");
    assertThatExceptionOfType(TrainingException.class)
        .isThrownBy(() -> train(folder, null, false, "built-on.text_encoder=nothing"))
        .withMessageContaining("text_encoder of the model nothing");
  }
}
