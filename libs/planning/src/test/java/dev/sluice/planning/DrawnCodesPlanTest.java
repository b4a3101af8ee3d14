package dev.sluice.planning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.util.JsonFormat;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Interpolation;
import dev.sluice.contract.v1.Model;
import dev.sluice.contract.v1.Recipe;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.contract.v1.Stage;
import dev.sluice.planning.plan.GenerationPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that draw a picture's codes: no noise, no schedule, a step for each code. */
class DrawnCodesPlanTest extends PlanningTest {

  private static final int CODES = 80;

  @TempDir private Path models;

  private RoutePlanner drawn;

  /** Text and tokenizer of the tiny Stable Diffusion, and configs in place of its networks. */
  @BeforeEach
  void writeModel() throws IOException {
    Path model = copy("pipe-sd", models.resolve("drawn"));
    Files.writeString(
        model.resolve("model_index.json"),
        """
        {"_class_name": "VQVAE2Pipeline",
         "text_encoder": ["transformers", "CLIPTextModel"],
         "tokenizer": ["transformers", "CLIPTokenizer"],
         "transformer": ["sluice", "CodeTransformer"],
         "vqvae": ["sluice", "VQVAE2Model"]}
        """);
    Files.writeString(
        Files.move(model.resolve("unet"), model.resolve("transformer")).resolve("config.json"),
        """
        {"_class_name": "CodeTransformer", "sample_size": 8, "num_vq_embeddings": 16}
        """);
    Files.writeString(
        Files.move(model.resolve("vae"), model.resolve("vqvae")).resolve("config.json"),
        """
        {"_class_name": "VQVAE2Model", "patch_size": 2, "block_out_channels": [4, 4, 4]}
        """);
    copy("pipe-sd", models.resolve("pipe-sd"));
    drawn = planner(models, "drawn");
  }

  private static GenerationRequest with(SamplingSettings.Builder settings) {
    return request().setDenoiser(settings).build();
  }

  private static SamplingSettings.Builder settings() {
    return SamplingSettings.newBuilder();
  }

  @Test
  void plan_hasAStepForEachCode_andItsRecipeMakesTheSame() throws IOException {
    GenerationPlan plan =
        drawn.plan(
            request()
                .setWidth(64)
                .setHeight(64)
                .setDenoiser(settings().setGuidanceScale(3).setTemperature(0.8).setTopK(50))
                .build(),
            NOW);

    assertThat(plan.route())
        .extracting(RouteStep::getStage)
        .containsExactly(Stage.TEXT_ENCODER, Stage.DENOISER, Stage.UPSCALER);
    SamplingSettings sampling = plan.route().get(1).getDenoiser().getSampling();
    assertThat(sampling)
        .isEqualTo(
            settings().setSteps(CODES).setGuidanceScale(3).setTemperature(0.8).setTopK(50).build());
    assertThat(plan.route().get(1).getWork())
        .as("each code of two rows is a token")
        .isEqualTo(2 * CODES);
    Recipe.Builder recipe = Recipe.newBuilder();
    JsonFormat.parser().merge(plan.headerOf(0).getRecipe(), recipe);
    assertThat(drawn.plan(recipe.getRequest(), NOW).route()).isEqualTo(plan.route());
  }

  @Test
  void models_tellsOfNoSamplers() {
    Model model =
        drawn.models().getModelsList().stream()
            .filter(known -> known.getName().equals("drawn"))
            .findFirst()
            .orElseThrow();
    assertThat(model.getSamplersList()).isEmpty();
    assertThat(model.getAbilitiesList()).contains("drawn_codes", "text");
    assertThat(model.getWidth()).isEqualTo(64);
    assertThat(model.getUsual().getDenoiser().getSteps()).isEqualTo(CODES);
  }

  @Test
  void plan_refusesWhatHasNoMeaningForCodes() {
    assertThatThrownBy(() -> drawn.plan(with(settings().setSteps(30)), NOW))
        .hasMessage(
            "Model drawn makes one step for each of its 80 codes and is set by its"
                + " guidance_scale, temperature and top_k only; leave steps out.");
    assertThatThrownBy(() -> drawn.plan(with(settings().setSampler("DDIMScheduler")), NOW))
        .hasMessageEndingWith("leave sampler out.");
    assertThatThrownBy(() -> drawn.plan(with(settings().setEta(0.5)), NOW))
        .hasMessageEndingWith("leave eta out.");
    assertThatThrownBy(() -> drawn.plan(request().setWidth(128).setHeight(128).build(), NOW))
        .hasMessageContaining("it makes 64x64 only");
    assertThatThrownBy(() -> drawn.plan(request().setImage(picture(64, 64)).build(), NOW))
        .hasMessageContaining("does not start from a picture");
    assertThatThrownBy(
            () ->
                drawn.plan(
                    request()
                        .setInterpolation(Interpolation.newBuilder().setSeed(4))
                        .setN(2)
                        .build(),
                    NOW))
        .hasMessageContaining("starts from no noise");
  }

  @Test
  void plan_refusesWhatIsOfCodesElsewhere() {
    GenerationRequest.Builder denoised = request().setModel("pipe-sd");
    assertThatThrownBy(
            () ->
                drawn.plan(
                    denoised.clone().setDenoiser(settings().setTemperature(0.5)).build(), NOW))
        .hasMessage("Model pipe-sd draws no codes; leave temperature out.");
    assertThatThrownBy(
            () -> drawn.plan(denoised.clone().setPrior(settings().setTopK(3)).build(), NOW))
        .hasMessage("Codes are drawn by what makes the picture; leave that out of prior.");
    assertThatThrownBy(() -> drawn.plan(with(settings().setTemperature(11)), NOW))
        .hasMessageContaining("temperature");
  }
}
