package dev.sluice.trainer.emoji;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.Families;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.request.Prompt;
import dev.sluice.pipeline.text.TextEncoder;
import dev.sluice.trainer.latent.TinyLatents;
import dev.sluice.trainer.system.OtherModel;
import dev.sluice.trainer.system.Trainings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmojiLdmTest {

  @TempDir private Path folder;

  private String train(Path to, String phase, boolean resume, String... settings)
      throws IOException {
    return Trainings.train(
        new EmojiLdm(),
        to,
        folder.resolve("packages"),
        phase,
        resume,
        Stream.of(TinyEmoji.TINY, settings).flatMap(Stream::of).toArray(String[]::new));
  }

  @Test
  void isTrainedWithItsTextServedAsStableDiffusionAndGoneOnWithBitForBit()
      throws IOException, InterruptedException {
    TinyEmoji.write(folder.resolve("packages"));
    String told = train(folder, null, false);
    assertThat(TinyLatents.loss(told, "autoencoder", "vae", "20/20"))
        .isLessThan(TinyLatents.loss(told, "autoencoder", "vae", "10/20"));
    assertThat(TinyLatents.loss(told, "text-to-latents", "unet", "20/20"))
        .isLessThan(TinyLatents.loss(told, "text-to-latents", "unet", "10/20"));

    ModelFolder model = ModelFolder.open(folder.resolve("model"));
    assertThat(model.pipeline().className()).isEqualTo("StableDiffusionPipeline");
    try (TextEncoder text = Families.textEncoder(model, BatchLimit.DEFAULT)) {
      HostTensor.Floats ball =
          TinyLatents.picture(model, text.encode(Prompt.of("a red ball no 4")));
      assertThat(ball.shape()).containsExactly(1, 3, EmojiSet.SIDE, EmojiSet.SIDE);
      assertThat(ball.allFinite()).isTrue();
      assertThat(TinyLatents.picture(model, text.encode(Prompt.of("a blue box"))).values())
          .as("what the text says matters")
          .isNotEqualTo(ball.values());
    }

    // The second phase again, from the first one's weights, in two pieces.
    Path other = folder.resolve("other");
    OtherModel.copy(folder.resolve("model/vae"), other.resolve("model/vae"));
    train(other, "text-to-latents", false, "phases.text-to-latents.steps=13");
    train(other, "text-to-latents", true);
    for (String weights :
        new String[] {
          "model/text_encoder/model.safetensors", "model/unet/diffusion_pytorch_model.safetensors"
        }) {
      assertThat(other.resolve(weights)).hasSameBinaryContentAs(folder.resolve(weights));
    }
  }
}
