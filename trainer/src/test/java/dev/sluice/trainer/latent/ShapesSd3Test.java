package dev.sluice.trainer.latent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.Families;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.request.Prompt;
import dev.sluice.pipeline.text.TextEncoder;
import dev.sluice.trainer.system.TrainedSystem;
import dev.sluice.trainer.system.TrainingException;
import dev.sluice.trainer.system.Trainings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShapesSd3Test {

  @TempDir private Path folder;

  private static String train(TrainedSystem system, Path to, boolean resume, List<String> settings)
      throws IOException {
    return Trainings.train(
        system, to, null, system.phases().get(0).name(), resume, settings.toArray(String[]::new));
  }

  private String flow(Path to, boolean resume, int steps) throws IOException {
    List<String> settings = new ArrayList<>(TinySd3.small(folder.resolve("ldm/model")));
    settings.add("phases.text-to-flow.steps=" + steps);
    return train(new ShapesSd3(), to, resume, settings);
  }

  @Test
  void isTrainedInAnothersLatentsServedAsStableDiffusion3AndGoneOnWithBitForBit()
      throws IOException, InterruptedException {
    train(
        new ShapesLdm(),
        folder.resolve("ldm"),
        false,
        List.of(
            "built-on.text_encoder=" + TinyLatents.CLIP,
            "phases.autoencoder.batch=8",
            "phases.autoencoder.steps=2",
            "phases.autoencoder.measured=8",
            "components.vae.block_out_channels=[4, 4, 4]",
            "components.vae.norm_num_groups=2"));
    String told = flow(folder, false, 20);
    assertThat(TinyLatents.loss(told, "text-to-flow", "transformer", "20/20"))
        .isLessThan(TinyLatents.loss(told, "text-to-flow", "transformer", "10/20"));

    ModelFolder model = ModelFolder.open(folder.resolve("model"));
    assertThat(model.pipeline().className()).isEqualTo("StableDiffusion3Pipeline");
    try (TextEncoder text = Families.textEncoder(model, BatchLimit.DEFAULT)) {
      HostTensor.Floats circle = TinyLatents.picture(model, text.encode(Prompt.of("a red circle")));
      assertThat(circle.shape()).containsExactly(1, 3, 64, 64);
      assertThat(circle.allFinite()).isTrue();
      assertThat(TinyLatents.picture(model, text.encode(Prompt.of("a blue star"))).values())
          .as("what the text says matters")
          .isNotEqualTo(circle.values());
    }

    Path other = folder.resolve("other");
    flow(other, false, 19);
    flow(other, true, 20);
    String weights = "model/transformer/diffusion_pytorch_model.safetensors";
    assertThat(other.resolve(weights)).hasSameBinaryContentAs(folder.resolve(weights));
  }

  @Test
  void anAutoencoderThatIsNotThere_isAskedFor() {
    assertThatExceptionOfType(TrainingException.class)
        .isThrownBy(() -> flow(folder, false, 1))
        .withMessageContaining("vae of the model")
        .withMessageContaining("train that model first");
  }
}
