package dev.sluice.trainer.latent;

import dev.sluice.trainer.pixels.PictureSource;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.shapes.SceneLayout;
import dev.sluice.trainer.shapes.ShapesBatches;
import dev.sluice.trainer.shapes.ShapesVocabulary;
import dev.sluice.trainer.shapes.World;
import dev.sluice.trainer.system.ModelFiles;
import dev.sluice.trainer.system.OtherModel;
import dev.sluice.trainer.system.Phase;
import dev.sluice.trainer.system.PhaseContext;
import dev.sluice.trainer.system.TrainedSystem;
import dev.sluice.trainer.train.Objective;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Latent diffusion on the shapes world: an autoencoder that makes pictures small, then a network
 * that denoises in its latents and attends to a caption's tokens. The text encoder is another
 * model's CLIP as it is, which is what Stable Diffusion has of the paper's own transformer.
 */
public final class ShapesLdm implements TrainedSystem {

  /** The component that reads captions. */
  public static final String TEXT_ENCODER = "text_encoder";

  static final String UNET = "unet";

  /** The phase in which the network learns to denoise. */
  public static final String DENOISING = "text-to-latents";

  @Override
  public String name() {
    return "shapes-ldm";
  }

  @Override
  public String paper() {
    return "Rombach et al. 2022, High-Resolution Image Synthesis with Latent Diffusion Models";
  }

  @Override
  public List<Phase> phases() {
    return List.of(
        Phase.of("autoencoder", ShapesLdm::autoencoder, AutoencoderObjective.VAE)
            .then(context -> LatentFiles.writeMeasured(context, pictures(context))),
        Phase.of(DENOISING, TextToLatents::new, TEXT_ENCODER, UNET));
  }

  private static Objective autoencoder(PhaseContext context) {
    return new AutoencoderObjective(
        LatentFiles.autoencoder(context.recipe()),
        SceneLayout.PICTURE_SIZE,
        context.own(),
        pictures(context));
  }

  private static PictureSource pictures(PhaseContext context) {
    ShapesBatches batches = new ShapesBatches(context);
    return number -> Map.of("clean", ShapesBatches.pictures(batches.examples(number)));
  }

  /** The folder of the text encoder that is built upon. */
  public static Path trainedText(Recipe recipe) {
    return World.builtOn(recipe, TEXT_ENCODER);
  }

  /** The text encoder's config: of the same network, whose projection nothing asks for. */
  public static Map<String, Object> textEncoder(Recipe recipe) {
    Map<String, Object> config = OtherModel.config(trainedText(recipe)).asMap();
    config.put("architectures", List.of("CLIPTextModel"));
    return config;
  }

  /** The network's config. */
  public static Map<String, Object> unet(Recipe recipe) {
    return ModelFiles.ofClass("UNet2DConditionModel", recipe.map("components.unet"));
  }

  @Override
  public void writeFiles(Recipe recipe, Path model) throws IOException {
    new ShapesVocabulary(World.of(recipe)).write(model.resolve("tokenizer"));
    ModelFiles.config(model, TEXT_ENCODER, textEncoder(recipe));
    ModelFiles.config(model, UNET, unet(recipe));
    ModelFiles.pipeline(
        model,
        LatentFiles.stableDiffusion("DDIMScheduler"),
        LatentFiles.scheduler(recipe, "DDIMScheduler"),
        recipe.map("sampling"));
  }
}
