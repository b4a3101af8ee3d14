package dev.sluice.planning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.sluice.catalog.ModelCatalog;
import dev.sluice.catalog.ModelDigests;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.planning.plan.GenerationPlan;
import dev.sluice.planning.recipe.RecipeWriter;
import dev.sluice.planning.request.RequestException;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of pictures, sizes and samplers at the door, with tiny models of every kind. */
class PicturePlanningTest {

  private static final Timestamp NOW = Timestamp.newBuilder().setSeconds(1_700_000_000).build();

  private final RoutePlanner planner =
      new RoutePlanner(
          new ModelCatalog(Path.of(System.getProperty("sluice.goldens"))),
          "pipe-sd",
          new RecipeWriter(new ModelDigests(), "0"),
          (tenant, from) -> Optional.empty());

  private static GenerationRequest.Builder request(String model) {
    return GenerationRequest.newBuilder().setPrompt("a cat").setModel(model).setSeed(1);
  }

  private static ByteString png(int width, int height, Consumer<Graphics2D> drawing) {
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
    Graphics2D pen = picture.createGraphics();
    drawing.accept(pen);
    pen.dispose();
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try {
      ImageIO.write(picture, "png", file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ByteString.copyFrom(file.toByteArray());
  }

  private static ByteString filled(int width, int height, Color color) {
    return png(
        width,
        height,
        pen -> {
          pen.setColor(color);
          pen.fillRect(0, 0, width, height);
        });
  }

  private static ByteString withSquare(Color paper, Color square, int side) {
    return png(
        64,
        64,
        pen -> {
          pen.setColor(paper);
          pen.fillRect(0, 0, 64, 64);
          pen.setColor(square);
          pen.fillRect(17, 17, side, side);
        });
  }

  @Test
  void plan_shrinksAPhotoToWhatTheModelWasMadeForAndSaysSo() {
    GenerationRequest request =
        request("pipe-sd").setImage(filled(1000, 750, Color.ORANGE)).build();

    GenerationPlan plan = planner.plan(request, NOW);

    assertThat(plan.inputs().get("image").getShapeList()).containsExactly(1L, 3L, 48L, 72L);
    assertThat(plan.accepted().getWarningsList())
        .containsExactly(
            "The image of 1000x750 pixels was scaled to 72x48, a size that model pipe-sd makes.");
    GenerationRequest again = RecipeWriter.read(plan.headerOf(0).getRecipe()).getRequest();
    assertThat(again.getWidth()).isEqualTo(72);
    assertThat(again.getHeight()).isEqualTo(48);
  }

  @Test
  void plan_takesAPictureThatTheModelCanMakeAsItIs() {
    GenerationPlan plan =
        planner.plan(request("pipe-sd").setImage(filled(64, 32, Color.ORANGE)).build(), NOW);

    assertThat(plan.inputs().get("image").getShapeList()).containsExactly(1L, 3L, 32L, 64L);
    assertThat(plan.header().getWarningsList()).isEmpty();
  }

  @Test
  void plan_bringsTheMaskToThePicturesSize() {
    ByteString mask =
        png(
            1000,
            750,
            pen -> {
              pen.setColor(Color.BLACK);
              pen.fillRect(0, 0, 1000, 750);
              pen.setColor(Color.WHITE);
              pen.fillRect(0, 0, 500, 750);
            });

    GenerationPlan plan =
        planner.plan(
            request("pipe-sd").setImage(filled(1000, 750, Color.ORANGE)).setMask(mask).build(),
            NOW);

    assertThat(plan.inputs().get("mask").getShapeList()).containsExactly(1L, 1L, 48L, 72L);
  }

  @Test
  void plan_tellsOfMasksThatPaintNothingOrEverything() {
    GenerationRequest.Builder request = request("pipe-sd").setImage(filled(64, 64, Color.ORANGE));

    assertRefused("mask", "paints nothing", request.setMask(filled(64, 64, Color.BLACK)));
    assertRefused("mask", "too small", request.setMask(withSquare(Color.BLACK, Color.WHITE, 6)));
    assertThat(
            planner
                .plan(request.setMask(filled(64, 64, Color.WHITE)).build(), NOW)
                .accepted()
                .getWarningsList())
        .singleElement()
        .asString()
        .contains("paints all");
    assertThat(
            planner
                .plan(request.setMask(withSquare(Color.BLACK, Color.WHITE, 20)).build(), NOW)
                .accepted()
                .getWarningsList())
        .isEmpty();
  }

  /** The prompt is sampled as an embedding, and what it shows is painted into the picture. */
  @Test
  void plan_paintsWhatAnEmbeddingShowsIntoAPicture() {
    GenerationRequest.Builder request =
        request("pipe-unclip")
            .setImage(filled(64, 64, Color.ORANGE))
            .setMask(withSquare(Color.BLACK, Color.WHITE, 40));

    GenerationPlan plan = planner.plan(request.build(), NOW);
    GenerationPlan plain = planner.plan(request("pipe-unclip").build(), NOW);

    assertThat(plan.route()).isEqualTo(plain.route());
    assertThat(plan.inputs().get("image").getShapeList()).containsExactly(1L, 3L, 32L, 32L);
    assertThat(plan.inputs().get("mask").getShapeList()).containsExactly(1L, 1L, 32L, 32L);
    assertThat(plan.accepted().getWarningsList()).singleElement().asString().contains("scaled");
    assertThat(RecipeWriter.read(plan.headerOf(0).getRecipe()).getMask()).isNotEmpty();
    assertRefused(
        "image",
        "of the shape of",
        request.build().toBuilder()
            .setImage(filled(64, 32, Color.ORANGE))
            .setMask(filled(64, 32, Color.WHITE)));
  }

  /** Of the model that ships, which can do both. */
  @Test
  void plan_refusesAMaskBesideAVariation() {
    RoutePlanner shipped =
        PlanningTest.planner(Path.of(System.getProperty("sluice.models")), "shapes-unclip");
    GenerationRequest request =
        GenerationRequest.newBuilder()
            .setVariation(true)
            .setImage(filled(64, 64, Color.ORANGE))
            .setMask(withSquare(Color.BLACK, Color.WHITE, 40))
            .build();

    assertThatThrownBy(() -> shipped.plan(request, NOW))
        .isInstanceOfSatisfying(
            RequestException.class, e -> assertThat(e.toError().getField()).isEqualTo("mask"));
  }

  @Test
  void plan_refusesAMaskOfAnotherSize() {
    assertRefused(
        "mask",
        "32x64",
        request("pipe-sd")
            .setImage(filled(64, 32, Color.ORANGE))
            .setMask(filled(32, 64, Color.WHITE)));
  }

  @Test
  void plan_refusesToEnlargeWhatCouldNotBeDelivered() {
    assertRefused(
        "image",
        "at most 512",
        request("pipe-sd-x4-upscaler").setImage(filled(520, 8, Color.ORANGE)));
  }

  @ParameterizedTest
  @CsvSource({
    "pipe-sd3, 36, 32, width, multiples of 8 from 8 to 96. The nearest is 32 or 40.",
    "pipe-sd3, 32, 104, height, The nearest is 96.",
    "pipe-dit, 38, 36, width, multiples of 4",
    "pipe-ddpm, 32, 1, height, multiples of 2 from 2 to 2048. The nearest is 2.",
    "pipe-sd, 12, 0, width, The nearest is 8 or 16.",
    "pipe-if, 0, 17, height, multiples of 2",
    "pipe-kandinsky22-decoder, 6, 0, width, multiples of 4",
    "pipe-unclip, 64, 64, size, 32x32"
  })
  void plan_refusesSizesThatAModelDoesNotMake(
      String model, int width, int height, String field, String message) {
    GenerationRequest.Builder request = request(model).setWidth(width).setHeight(height);
    if (model.equals("pipe-dit")) {
      request.clearPrompt().setClassLabel(1);
    }
    if (model.equals("pipe-ddpm")) {
      request.clearPrompt();
    }

    assertRefused(field, message, request);
  }

  @Test
  void plan_tellsOfNegativePromptsWithoutEffect() {
    SamplingSettings.Builder unguided = SamplingSettings.newBuilder().setGuidanceScale(1);
    GenerationRequest.Builder request = request("pipe-sd").setNegativePrompt("a dog");

    assertThat(planner.plan(request.build(), NOW).accepted().getWarningsList()).isEmpty();
    assertThat(
            planner.plan(request.setDenoiser(unguided).build(), NOW).accepted().getWarningsList())
        .singleElement()
        .asString()
        .contains("negative prompt", "guidance_scale");
  }

  private List<String> warnings(GenerationRequest.Builder request) {
    return planner.plan(request.build(), NOW).accepted().getWarningsList();
  }

  @Test
  void plan_tellsOfSettingsThatLeadNowhere() {
    SamplingSettings.Builder steps = SamplingSettings.newBuilder().setSteps(5);
    SamplingSettings.Builder guided = SamplingSettings.newBuilder().setGuidanceScale(5);
    GenerationRequest.Builder dit =
        GenerationRequest.newBuilder().setModel("pipe-dit").setClassLabel(1);
    GenerationRequest.Builder ddpm = GenerationRequest.newBuilder().setModel("pipe-ddpm");

    SamplingSettings.Builder noisy = SamplingSettings.newBuilder().setEta(0.5);
    assertThat(warnings(request("pipe-sd").setDenoiser(noisy.clone().setSampler("DDIMScheduler"))))
        .isEmpty();
    assertThat(warnings(request("pipe-sd").setDenoiser(noisy.setSampler("EulerDiscreteScheduler"))))
        .containsExactly(
            "denoiser.eta has no effect with EulerDiscreteScheduler; DDIMScheduler and TCDScheduler"
                + " read it.");
    assertThat(warnings(request("pipe-sd").setPrior(steps)))
        .containsExactly(
            "The settings of the prior have no effect: no prior takes part in this picture.");
    assertThat(warnings(request("pipe-unclip").setPrior(steps))).isEmpty();
    assertThat(warnings(dit.clone().setDenoiser(guided))).isEmpty();
    assertThat(warnings(dit.setNegativePrompt("fog")))
        .containsExactly("The negative prompt has no effect: no text is read for this picture.");
    assertThat(warnings(ddpm.clone())).isEmpty();
    assertThat(warnings(ddpm.setDenoiser(guided)))
        .singleElement()
        .asString()
        .startsWith("The guidance_scale has no effect");
  }

  @Test
  void plan_refusesAPictureThatNothingCanBeMadeOf() {
    assertRefused(
        "image",
        "no encoder of pictures",
        request("pipe-unclip").setImage(filled(32, 32, Color.ORANGE)));
    assertRefused(
        "variation",
        "no encoder of pictures",
        request("pipe-unclip").setImage(filled(32, 32, Color.ORANGE)).setVariation(true));
  }

  @Test
  void plan_refusesAStrengthThatLeavesNoStep() {
    SamplingSettings.Builder seven =
        SamplingSettings.newBuilder().setSteps(7).setSampler("DDIMScheduler");
    GenerationRequest.Builder request =
        request("pipe-sd").setImage(filled(64, 64, Color.ORANGE)).setDenoiser(seven);

    for (double strength : new double[] {0, 0.01, 0.14}) {
      assertRefused(
          "strength", "leaves none of the 7 steps; give 0.15", request.setStrength(strength));
    }
    assertThat(planner.plan(request.setStrength(0.15).build(), NOW).route()).hasSize(3);
  }

  @Test
  void plan_refusesThresholdsOfASamplerThatHasNone() {
    for (double threshold : new double[] {0, 1}) {
      assertRefused(
          "denoiser.sampler",
          "PNDMScheduler has no use for static_threshold",
          request("pipe-sd")
              .setDenoiser(SamplingSettings.newBuilder().setStaticThreshold(threshold)));
    }
  }

  @Test
  void plan_saysWhichModelIsMeant() {
    assertRefused("model", ". Did you mean pipe-sd?", request("Pipe_SD"));
  }

  private void assertRefused(String field, String message, GenerationRequest.Builder request) {
    assertThatThrownBy(() -> planner.plan(request.build(), NOW))
        .isInstanceOfSatisfying(
            RequestException.class,
            e -> {
              assertThat(e.toError().getField()).isEqualTo(field);
              assertThat(e.getMessage()).contains(message);
            });
  }
}
