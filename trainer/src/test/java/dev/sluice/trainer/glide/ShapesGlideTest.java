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
import dev.sluice.safetensors.Checkpoints;
import dev.sluice.safetensors.TensorSource;
import dev.sluice.trainer.shapes.SceneSampler;
import dev.sluice.trainer.shapes.ShapesPieces;
import dev.sluice.trainer.shapes.World;
import dev.sluice.trainer.system.Trainings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ShapesGlideTest {

  @TempDir private Path folder;

  private String train(int steps, boolean resume) throws IOException {
    return Trainings.train(new ShapesGlide(), folder, null, null, resume, TinyGlide.drawing(steps));
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
    Trainings.train(
        new ShapesGlide(), folder, null, null, false, TinyGlide.drawing(2, "world=groups"));

    ModelFolder model = ModelFolder.open(folder.resolve("model"));
    assertThat(World.of(folder.resolve("model"))).isEqualTo(World.GROUPS);
    assertThat(model.config("text_encoder").integer("vocab_size"))
        .isEqualTo(ShapesPieces.size(World.GROUPS))
        .isGreaterThan(ShapesPieces.size(World.PAIRS));
  }

  /** Painting begins where drawing ended, and learns what the hole is. */
  @Test
  void goesOnToPaintIntoPictures() throws IOException, InterruptedException {
    train(10, false);
    Path drawing = folder.resolve("drawing");
    Files.move(folder.resolve("model"), drawing);
    String told =
        Trainings.train(
            new ShapesGlideInpainting(),
            folder.resolve("painting"),
            null,
            null,
            false,
            TinyGlide.painting(drawing, 40).toArray(String[]::new));
    assertThat(lossAt(told, "40/40")).isLessThan(lossAt(told, "10/40"));

    ModelFolder model = ModelFolder.open(folder.resolve("painting/model"));
    try (TextEncoder text = Families.textEncoder(model, BatchLimit.DEFAULT);
        DenoiserEngine engine = Families.denoiser(model, BatchLimit.DEFAULT);
        TensorSource before = Checkpoints.open(drawing.resolve("text_encoder"));
        TensorSource after = Checkpoints.open(model.component("text_encoder"))) {
      assertThat(after.floats("shared.weight")).isEqualTo(before.floats("shared.weight"));
      assertThat(draw(text, engine, "a red circle").shape()).containsExactly(1, 3, 16, 16);
    }
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
