package dev.sluice.trainer.latent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

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
import dev.sluice.pipeline.request.TensorNames;
import dev.sluice.pipeline.text.TextEncoder;
import dev.sluice.safetensors.Checkpoints;
import dev.sluice.safetensors.TensorSource;
import dev.sluice.trainer.recipe.RecipeException;
import dev.sluice.trainer.system.TrainingException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShapesSdxlTest {

  private static final String SIZES = "phases.text-to-latents.pictures.sizes=[64x64, 96x64]";
  private static final String WEIGHTS = "model/unet/diffusion_pytorch_model.safetensors";

  @TempDir private static Path ldm;
  @TempDir private Path folder;

  @BeforeAll
  static void trainWhatItBeginsWith() throws IOException {
    TinyTurbo.teacher(ldm);
  }

  private static String base(Path to, boolean resume, int steps, String... settings)
      throws IOException {
    return TinySdxl.train(new ShapesSdxl(), ldm.resolve("model"), to, resume, steps, settings);
  }

  @Test
  void isTrainedOnSeveralSizesServedAsSdxlAndGoneOnWithBitForBit()
      throws IOException, InterruptedException {
    String told = base(folder, false, 40, SIZES);
    assertThat(TinyLatents.loss(told, "text-to-latents", "unet", "40/40"))
        .isLessThan(TinyLatents.loss(told, "text-to-latents", "unet", "10/40"));

    ModelFolder model = ModelFolder.open(folder.resolve("model"));
    assertThat(model.pipeline().className()).isEqualTo("StableDiffusionXLPipeline");
    try (TextEncoder text = Families.textEncoder(model, BatchLimit.DEFAULT)) {
      Map<String, HostTensor> circle = text.encode(Prompt.of("a red circle"));
      float[] whole = latent(model, circle, 64, 64);
      assertThat(whole).hasSize(4 * 16 * 16);
      assertThat(TinyLatents.picture(model, circle).allFinite()).isTrue();
      assertThat(latent(model, text.encode(Prompt.of("a blue star")), 64, 64))
          .as("what the text says matters")
          .isNotEqualTo(whole);
      assertThat(latent(model, with(circle, TensorNames.CROP_CORNER, 0, 24), 64, 64))
          .as("where it was cut matters")
          .isNotEqualTo(whole);
      assertThat(latent(model, with(circle, TensorNames.ORIGINAL_SIZE, 32, 32), 64, 64))
          .as("how large it was matters")
          .isNotEqualTo(whole);
      assertThat(latent(model, circle, 96, 64)).hasSize(4 * 24 * 16);
    }

    Path other = folder.resolve("other");
    base(other, false, 39, SIZES);
    base(other, true, 40, SIZES);
    assertThat(other.resolve(WEIGHTS)).hasSameBinaryContentAs(folder.resolve(WEIGHTS));
  }

  @Test
  void theRefiner_beginsWithTheBaseAndFinishesItsPictures()
      throws IOException, InterruptedException {
    base(folder.resolve("base"), false, 2);
    Path begun = folder.resolve("base/model");
    String told = TinySdxl.train(new ShapesSdxlRefiner(), begun, folder, false, 40);
    assertThat(TinyLatents.loss(told, "refiner", "unet", "40/40"))
        .isLessThan(TinyLatents.loss(told, "refiner", "unet", "10/40"));

    ModelFolder model = ModelFolder.open(folder.resolve("model"));
    assertThat(model.pipeline().className()).isEqualTo("StableDiffusionXLImg2ImgPipeline");
    try (TextEncoder text = Families.textEncoder(model, BatchLimit.DEFAULT)) {
      Map<String, HostTensor> inputs =
          with(text.encode(Prompt.of("a red circle")), TensorNames.CROP_CORNER, 0, 0);
      inputs.put(
          TensorNames.LATENT,
          new HostTensor.Floats(new TorchGenerator(3).randn(4 * 16 * 16), 1, 4, 16, 16));
      float[] liked = latent(model, inputs, 64, 64);
      assertThat(latent(model, with(inputs, TensorNames.AESTHETIC_SCORE, 2), 64, 64))
          .as("the score matters")
          .isNotEqualTo(liked);
    }
  }

  @Test
  void toldNothing_itLearnsNothingOfCuts() throws IOException {
    for (boolean told : new boolean[] {true, false}) {
      String setting = "phases.text-to-latents.told-origins=" + told;
      List<Float> after = new ArrayList<>();
      for (int steps : new int[] {1, 3}) {
        Path to = folder.resolve(told + "-" + steps);
        base(to, false, steps, setting, "phases.text-to-latents.average=0");
        after.addAll(sinesOfTheCut(to.resolve("model/unet")));
      }
      boolean same =
          after.subList(0, after.size() / 2).equals(after.subList(after.size() / 2, after.size()));
      assertThat(same).as("told: " + told).isEqualTo(!told);
    }
  }

  /** Weights that see sines of the cut, which are 0 where it is told to be nothing. */
  private static List<Float> sinesOfTheCut(Path unet) {
    List<Float> sines = new ArrayList<>();
    try (TensorSource weights = Checkpoints.open(unet)) {
      String name = "add_embedding.linear_1.weight";
      long[] shape = weights.info(name).shape();
      float[] values = weights.floats(name);
      int numbers = (int) shape[1] - 6 * 4;
      for (int row = 0; row < shape[0]; row++) {
        for (int column : new int[] {10, 11, 14, 15}) {
          sines.add(values[row * (int) shape[1] + numbers + column]);
        }
      }
    }
    return sines;
  }

  @Test
  void itBeginsWithWhatFitsOfTheOther() throws IOException {
    assertThat(base(folder, false, 1, "phases.text-to-latents.optimizer.rate=1e-12"))
        .containsPattern("unet begins with [0-9,]+ of its [0-9,]+ weights as they are in ");
    try (TensorSource begun = Checkpoints.open(ldm.resolve("model/unet"));
        TensorSource after = Checkpoints.open(folder.resolve("model/unet"))) {
      assertThat(after.floats("conv_in.weight")).isEqualTo(begun.floats("conv_in.weight"));
      String keys = "mid_block.attentions.0.transformer_blocks.0.attn2.to_k.weight";
      assertThat(after.info(keys).shape()).containsExactly(8, 256);
      assertThat(begun.info(keys).shape()).containsExactly(8, 128);
    }
    assertThatExceptionOfType(TrainingException.class)
        .isThrownBy(() -> base(folder.resolve("none"), false, 1, "built-on.unet=nothing"))
        .withMessageContaining("unet of the model nothing");
  }

  @Test
  void sizesThatAreNone_areRefused() {
    for (String sizes : List.of("[]", "[64x]", "[064x64]")) {
      assertThatExceptionOfType(RecipeException.class)
          .isThrownBy(
              () -> base(folder, false, 1, "phases.text-to-latents.pictures.sizes=" + sizes))
          .withMessageContaining("64x64");
    }
  }

  private static Map<String, HostTensor> with(
      Map<String, HostTensor> inputs, String name, float... numbers) {
    Map<String, HostTensor> with = new LinkedHashMap<>(inputs);
    with.put(name, new HostTensor.Floats(numbers, 1, numbers.length));
    return with;
  }

  private static float[] latent(
      ModelFolder model, Map<String, HostTensor> inputs, int width, int height)
      throws InterruptedException {
    try (DenoiserEngine engine = Families.denoiser(model, BatchLimit.DEFAULT)) {
      return engine
          .denoise(
              new DenoiseRequest(
                  List.of(inputs), Sampling.of(2, 3), height, width, DenoiseRequest.Span.ALL),
              new TorchGenerator(1),
              StepListener.NONE)
          .values();
    }
  }
}
