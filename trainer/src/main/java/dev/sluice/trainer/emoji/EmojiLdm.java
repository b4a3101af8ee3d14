package dev.sluice.trainer.emoji;

import dev.sluice.catalog.Config;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.trainer.latent.AutoencoderObjective;
import dev.sluice.trainer.latent.LatentFiles;
import dev.sluice.trainer.pixels.PictureSource;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.system.ModelFiles;
import dev.sluice.trainer.system.Phase;
import dev.sluice.trainer.system.PhaseContext;
import dev.sluice.trainer.system.TrainedSystem;
import dev.sluice.trainer.train.Objective;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Latent diffusion of emoji: an autoencoder that makes pictures small, then a network that denoises
 * in its latents and attends to a caption's tokens. Unlike Stable Diffusion, whose text encoder is
 * a CLIP that was there before, the transformer that reads captions learns with the network, as the
 * paper's own did (section 4.3.1): there is one picture to a caption here, too few for a CLIP.
 */
public final class EmojiLdm implements TrainedSystem {

  static final String TEXT_ENCODER = "text_encoder";
  static final String UNET = "unet";

  @Override
  public String name() {
    return "emoji";
  }

  @Override
  public String paper() {
    return "Rombach et al. 2022, on pictures that others drew";
  }

  @Override
  public List<Phase> phases() {
    return List.of(
        Phase.of("autoencoder", EmojiLdm::autoencoder, AutoencoderObjective.VAE)
            .then(context -> LatentFiles.writeMeasured(context, pictures(context))),
        Phase.of("text-to-latents", EmojiToLatents::new, TEXT_ENCODER, UNET));
  }

  private static Objective autoencoder(PhaseContext context) {
    return new AutoencoderObjective(
        LatentFiles.autoencoder(context.recipe()), EmojiSet.SIDE, context.own(), pictures(context));
  }

  private static PictureSource pictures(PhaseContext context) {
    EmojiExamples examples =
        new EmojiExamples(set(context).training(), context.recipe(), context.settings().seed());
    int rows = context.settings().rows();
    return number -> Map.of("clean", pictures(examples.batch(number, rows)));
  }

  static HostTensor.Floats pictures(EmojiExamples.Example[] examples) {
    return EmojiExamples.pictures(
        Arrays.stream(examples).map(EmojiExamples.Example::picture).toList());
  }

  /** The emoji of a training. */
  static EmojiSet set(PhaseContext context) {
    return set(context.recipe(), context.data(), context.out()::println);
  }

  /** The emoji that a recipe is about, those held out too. */
  static EmojiSet set(Recipe recipe, Optional<Path> data, Consumer<String> told) {
    return EmojiSet.read(data, Vendor.GOOGLE, leftOut(recipe), told);
  }

  /** Categories and subcategories that a recipe leaves out. */
  static List<String> leftOut(Recipe recipe) {
    return Config.of(recipe.map("set")).strings("left-out", List.of());
  }

  /** The network's config. */
  static Map<String, Object> unet(Recipe recipe) {
    return ModelFiles.ofClass("UNet2DConditionModel", recipe.map("components.unet"));
  }

  /** All but the tokenizer and the text encoder's config, which are learned of the captions. */
  @Override
  public void writeFiles(Recipe recipe, Path model) throws IOException {
    ModelFiles.config(model, UNET, unet(recipe));
    ModelFiles.pipeline(
        model,
        LatentFiles.stableDiffusion("DDIMScheduler"),
        LatentFiles.scheduler(recipe, "DDIMScheduler"),
        recipe.map("sampling"));
  }
}
