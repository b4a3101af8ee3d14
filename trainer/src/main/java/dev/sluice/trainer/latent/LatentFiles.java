package dev.sluice.trainer.latent;

import dev.sluice.catalog.Config;
import dev.sluice.networks.autoencoder.AutoencoderKl;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.safetensors.Checkpoints;
import dev.sluice.safetensors.TensorSource;
import dev.sluice.trainer.pixels.DdpmFiles;
import dev.sluice.trainer.pixels.PictureSource;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.system.ModelFiles;
import dev.sluice.trainer.system.PhaseContext;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Files that models of latents have in common. */
public final class LatentFiles {

  private LatentFiles() {}

  /** The autoencoder's config, but for what is measured when it is trained. */
  public static Map<String, Object> autoencoder(Recipe recipe) {
    return ModelFiles.ofClass("AutoencoderKL", recipe.map("components.vae"));
  }

  /**
   * Writes the autoencoder's config with the factor that brings its latents to unit variance
   * (Rombach et al. 2022, appendix G). It is there when the weights are, and not before.
   *
   * @param source of pictures; {@code measured} of the phase says of how many
   */
  public static void writeMeasured(PhaseContext context, PictureSource source) throws IOException {
    Map<String, Object> config = autoencoder(context.recipe());
    int measured = context.own().integer("measured", 1);
    double sum = 0;
    double squares = 0;
    long values = 0;
    Path folder = context.model().resolve(AutoencoderObjective.VAE);
    try (TensorSource weights = Checkpoints.open(folder);
        Network vae = Network.load(new AutoencoderKl(Config.of(config)), weights)) {
      int rows = 0;
      for (long batch = 0; rows < measured; batch++) {
        HostTensor pictures = source.batch(batch).get("clean");
        Map<String, HostTensor.Floats> latent = vae.run(Map.of("x", pictures));
        float[] means = latent.get("mean").values();
        float[] spreads = latent.get("std").values();
        for (int i = 0; i < means.length; i++) {
          sum += means[i];
          squares += (double) means[i] * means[i] + (double) spreads[i] * spreads[i];
        }
        values += means.length;
        rows += pictures.shape()[0];
      }
    }
    double mean = sum / values;
    config.put("scaling_factor", 1 / Math.sqrt(squares / values - mean * mean));
    ModelFiles.config(context.model(), AutoencoderObjective.VAE, config);
  }

  /**
   * The scheduler that undoes the recipe's process, with what {@code scheduler} adds.
   *
   * @param className diffusers' class
   */
  public static Map<String, Object> scheduler(Recipe recipe, String className) {
    Map<String, Object> members = DdpmFiles.process(recipe);
    members.putAll(recipe.map("scheduler"));
    return ModelFiles.ofClass(className, members);
  }

  /**
   * model_index.json of a {@code StableDiffusionPipeline} without its checks of pictures.
   *
   * @param scheduler diffusers' class
   */
  public static Map<String, Object> stableDiffusion(String scheduler) {
    Map<String, Object> index = new LinkedHashMap<>();
    index.put("_class_name", "StableDiffusionPipeline");
    index.put("requires_safety_checker", false);
    ModelFiles.absent(index, "feature_extractor", "image_encoder", "safety_checker");
    index.put("scheduler", List.of("diffusers", scheduler));
    index.put(ShapesLdm.TEXT_ENCODER, List.of("transformers", "CLIPTextModel"));
    index.put("tokenizer", List.of("transformers", "CLIPTokenizer"));
    index.put(ShapesLdm.UNET, List.of("diffusers", "UNet2DConditionModel"));
    index.put(AutoencoderObjective.VAE, List.of("diffusers", "AutoencoderKL"));
    return index;
  }
}
