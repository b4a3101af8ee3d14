package dev.sluice.trainer.glide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.Families;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.denoise.DenoiserEngine;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.request.DenoiseRequest;
import dev.sluice.pipeline.request.Prompt;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.pipeline.text.TextEncoder;
import dev.sluice.trainer.shapes.SceneSampler;
import dev.sluice.trainer.shapes.ShapesPieces;
import dev.sluice.trainer.shapes.World;
import dev.sluice.trainer.system.Trainings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ShapesGlideTest {

  private static final String[] TINY = {
    "phases.text-to-pixels.batch=8",
    "phases.text-to-pixels.shards=1",
    "phases.text-to-pixels.optimizer.rate=5e-3",
    "phases.text-to-pixels.optimizer.warm-up=1",
    "components.text_encoder.d_model=16",
    "components.text_encoder.d_kv=8",
    "components.text_encoder.d_ff=16",
    "components.text_encoder.num_layers=1",
    "components.text_encoder.num_heads=2",
    "components.unet.sample_size=16",
    "components.unet.block_out_channels=[8, 8, 8, 8]",
    "components.unet.attention_head_dim=8",
    "components.unet.cross_attention_dim=16",
    "components.unet.encoder_hid_dim=16",
    "components.unet.addition_embed_type_num_heads=2",
    "components.unet.norm_num_groups=4",
  };

  @TempDir private Path folder;

  private String train(int steps, boolean resume) throws IOException {
    String[] settings = Arrays.copyOf(TINY, TINY.length + 1);
    settings[TINY.length] = "phases.text-to-pixels.steps=" + steps;
    return Trainings.train(new ShapesGlide(), folder, null, null, resume, settings);
  }

  @Test
  void isTrainedWithItsTextsAndServedAsDiffusersPipeline()
      throws IOException, InterruptedException {
    String told = train(40, false);
    assertThat(lossAt(told, "40/40")).isLessThan(lossAt(told, "10/40"));

    ModelFolder model = ModelFolder.open(folder.resolve("model"));
    assertThat(model.pipeline().className()).isEqualTo("IFPipeline");
    try (TextEncoder text = Families.textEncoder(model, BatchLimit.DEFAULT);
        DenoiserEngine engine = Families.denoiser(model, BatchLimit.DEFAULT)) {
      HostTensor.Floats circle = draw(text, engine, "a red circle");
      assertThat(circle.shape()).containsExactly(1, 3, 16, 16);
      assertThat(circle.allFinite()).isTrue();
      assertThat(draw(text, engine, "a blue star").values())
          .as("what the text says matters")
          .isNotEqualTo(circle.values());
    }
  }

  @Test
  void isTrainedInTheWorldOfGroupsToo() throws IOException {
    String[] settings = Arrays.copyOf(TINY, TINY.length + 2);
    settings[TINY.length] = "phases.text-to-pixels.steps=2";
    settings[TINY.length + 1] = "world=groups";
    Trainings.train(new ShapesGlide(), folder, null, null, false, settings);

    ModelFolder model = ModelFolder.open(folder.resolve("model"));
    assertThat(World.of(folder.resolve("model"))).isEqualTo(World.GROUPS);
    assertThat(model.config("text_encoder").integer("vocab_size"))
        .isEqualTo(ShapesPieces.size(World.GROUPS))
        .isGreaterThan(ShapesPieces.size(World.PAIRS));
  }

  private static HostTensor.Floats draw(TextEncoder text, DenoiserEngine engine, String caption)
      throws InterruptedException {
    Map<String, HostTensor> states = text.encode(Prompt.of(caption));
    return engine.denoise(
        DenoiseRequest.of(states, Sampling.of(3, 2)), new TorchGenerator(1), StepListener.NONE);
  }

  private static double lossAt(String told, String place) {
    String line = told.lines().filter(text -> text.contains(" " + place)).findFirst().orElseThrow();
    return Double.parseDouble(line.replaceAll(".*unet/loss ([0-9.e+-]+) .*", "$1"));
  }

  @ParameterizedTest
  @EnumSource
  void pieces_areOneToAWord(World world) throws IOException {
    ShapesPieces.write(world, folder);
    SceneSampler scenes = new SceneSampler(world, 3);
    SceneSampler.Example[] examples = new SceneSampler.Example[50];
    for (int i = 0; i < examples.length; i++) {
      examples[i] = scenes.example(i);
    }
    boolean[] dropped = new boolean[examples.length];
    dropped[7] = true;
    try (ShapesPieces pieces = new ShapesPieces(folder)) {
      ShapesPieces.Tokens tokens = pieces.tokens(examples, dropped);
      int length = ShapesPieces.LENGTH;
      for (int row = 0; row < examples.length; row++) {
        int words =
            dropped[row] ? 0 : examples[row].caption().replace(",", " ,").strip().split(" ").length;
        long used = 0;
        for (int i = 0; i < length; i++) {
          used += tokens.mask().values()[row * length + i];
          assertThat(tokens.ids().values()[row * length + i])
              .as("nothing is unknown")
              .isNotEqualTo(2)
              .isLessThan(ShapesPieces.size(world));
        }
        assertThat(used).as(examples[row].caption()).isEqualTo(words + 1);
      }
    }
  }
}
