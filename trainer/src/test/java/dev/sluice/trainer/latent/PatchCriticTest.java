package dev.sluice.trainer.latent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.trainer.system.Trainings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PatchCriticTest {

  @TempDir private Path folder;

  @Test
  void learnsToTellDecodedPicturesFromRealOnes_andStaysBehind() throws IOException {
    String told =
        Trainings.train(
            new ShapesLdm(),
            folder,
            null,
            "autoencoder",
            false,
            "built-on.text_encoder=" + TinyLatents.CLIP,
            "phases.autoencoder.batch=8",
            "phases.autoencoder.shards=1",
            "phases.autoencoder.steps=20",
            "phases.autoencoder.measured=8",
            "phases.autoencoder.optimizer.rate=1e-2",
            "phases.autoencoder.optimizer.warm-up=1",
            "phases.autoencoder.critic.weight=0.1",
            "phases.autoencoder.critic.channels=[4, 4]",
            "components.vae.block_out_channels=[4, 4, 4]",
            "components.vae.norm_num_groups=2");

    assertThat(TinyLatents.loss(told, "autoencoder", "critic", "20/20"))
        .isLessThan(TinyLatents.loss(told, "autoencoder", "critic", "10/20"));
    assertThat(TinyLatents.loss(told, "autoencoder", "vae", "20/20"))
        .isLessThan(TinyLatents.loss(told, "autoencoder", "vae", "10/20"));
    assertThat(Files.exists(folder.resolve("model/vae/config.json"))).isTrue();
    assertThat(Files.exists(folder.resolve("model/critic"))).isFalse();
  }
}
