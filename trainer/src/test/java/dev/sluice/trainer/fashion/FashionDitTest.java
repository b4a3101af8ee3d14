package dev.sluice.trainer.fashion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.request.TensorNames;
import dev.sluice.trainer.data.IdxFiles;
import dev.sluice.trainer.latent.TinyLatents;
import dev.sluice.trainer.system.OtherModel;
import dev.sluice.trainer.system.Trainings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FashionDitTest {

  /** Numbers of a training of seconds. */
  public static final String[] TINY = {
    "phases.autoencoder.batch=10",
    "phases.autoencoder.shards=1",
    "phases.autoencoder.steps=20",
    "phases.autoencoder.measured=20",
    "phases.autoencoder.optimizer.rate=1e-2",
    "phases.autoencoder.optimizer.warm-up=1",
    "components.vae.block_out_channels=[4, 4, 4]",
    "components.vae.norm_num_groups=2",
    "phases.class-to-latents.batch=10",
    "phases.class-to-latents.kept=100",
    "phases.class-to-latents.steps=20",
    "phases.class-to-latents.optimizer.rate=1e-2",
    "phases.class-to-latents.optimizer.warm-up=1",
    "phases.class-to-latents.optimizer.course=constant",
    "components.transformer.num_layers=2",
    "components.transformer.num_attention_heads=2",
    "components.transformer.attention_head_dim=8",
  };

  @TempDir private Path folder;

  private String train(Path to, String phase, boolean resume, String... settings)
      throws IOException {
    return Trainings.train(
        new FashionDit(),
        to,
        folder.resolve("data"),
        phase,
        resume,
        Stream.of(TINY, settings).flatMap(Stream::of).toArray(String[]::new));
  }

  @Test
  void isTrainedInLatentsServedAsDiffusersPipelineAndGoneOnWithBitForBit()
      throws IOException, InterruptedException {
    IdxFiles.writeSet(folder.resolve("data"), 200, 50);
    String told = train(folder, null, false);
    assertThat(TinyLatents.loss(told, "autoencoder", "vae", "20/20"))
        .isLessThan(TinyLatents.loss(told, "autoencoder", "vae", "10/20"));
    assertThat(TinyLatents.loss(told, "class-to-latents", "transformer", "20/20"))
        .isLessThan(TinyLatents.loss(told, "class-to-latents", "transformer", "10/20"));

    ModelFolder model = ModelFolder.open(folder.resolve("model"));
    assertThat(model.pipeline().className()).isEqualTo("DiTPipeline");
    assertThat(model.classes()).isEqualTo(10);
    TinyLatents.assertUnitVariance(
        model,
        FashionData.test(Optional.of(folder.resolve("data")))
            .pictures(new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
    HostTensor.Floats shirt = TinyLatents.picture(model, label(0));
    assertThat(shirt.shape()).containsExactly(1, 1, 32, 32);
    assertThat(shirt.allFinite()).isTrue();
    assertThat(TinyLatents.picture(model, label(9)).values())
        .as("the class matters")
        .isNotEqualTo(shirt.values());

    Path other = folder.resolve("other");
    OtherModel.copy(folder.resolve("model/vae"), other.resolve("model/vae"));
    train(other, "class-to-latents", false, "phases.class-to-latents.steps=19");
    train(other, "class-to-latents", true);
    String weights = "model/transformer/diffusion_pytorch_model.safetensors";
    assertThat(other.resolve(weights)).hasSameBinaryContentAs(folder.resolve(weights));
  }

  private static Map<String, HostTensor> label(long label) {
    return Map.of(TensorNames.CLASS_LABEL, new HostTensor.Longs(new long[] {label}, 1));
  }
}
