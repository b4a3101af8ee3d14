package dev.sluice.trainer.fashion;

import dev.sluice.networks.transformer.DiTConfig;
import dev.sluice.trainer.latent.AutoencoderObjective;
import dev.sluice.trainer.latent.LatentFiles;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.system.ModelFiles;
import dev.sluice.trainer.system.Phase;
import dev.sluice.trainer.system.PhaseContext;
import dev.sluice.trainer.system.TrainedSystem;
import dev.sluice.trainer.train.Objective;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * DiT: a transformer over patches of latents, whose norms are told timestep and class and begin as
 * the identity (adaLN-Zero).
 *
 * <p>Its table of classes is as long as ImageNet's, though Fashion-MNIST has ten: diffusers' {@code
 * DiTPipeline} asks for class 1000 where it wants none.
 */
public final class FashionDit implements TrainedSystem {

  /** The phase of the transformer. */
  public static final String CLASS_TO_LATENTS = "class-to-latents";

  static final String TRANSFORMER = "transformer";

  @Override
  public String name() {
    return "fashion-dit";
  }

  @Override
  public String paper() {
    return "Peebles and Xie 2023, Scalable Diffusion Models with Transformers";
  }

  @Override
  public List<Phase> phases() {
    return List.of(
        Phase.of("autoencoder", FashionDit::autoencoder, AutoencoderObjective.VAE)
            .then(context -> LatentFiles.writeMeasured(context, FashionData.batches(context))),
        Phase.of(CLASS_TO_LATENTS, ClassToLatents::new, TRANSFORMER));
  }

  private static Objective autoencoder(PhaseContext context) {
    return new AutoencoderObjective(
        LatentFiles.autoencoder(context.recipe()),
        FashionData.SIDE,
        context.own(),
        FashionData.batches(context));
  }

  /** The transformer's config. */
  static Map<String, Object> transformer(Recipe recipe) {
    Map<String, Object> config = new LinkedHashMap<>(recipe.map("components.transformer"));
    DiTConfig.Conditioning conditioning =
        recipe.choice("phases." + CLASS_TO_LATENTS + ".conditioning", DiTConfig.Conditioning.class);
    if (conditioning != DiTConfig.Conditioning.ADA_LN_ZERO) {
      // Not a word of diffusers', which has only the first.
      config.put("conditioning", conditioning.toString());
    }
    return ModelFiles.ofClass("DiTTransformer2DModel", config);
  }

  @Override
  public void writeFiles(Recipe recipe, Path model) throws IOException {
    ModelFiles.config(model, TRANSFORMER, transformer(recipe));
    Map<String, Object> index = new LinkedHashMap<>();
    index.put("_class_name", "DiTPipeline");
    Map<String, String> labels = new LinkedHashMap<>();
    for (int i = 0; i < FashionData.CLASSES.size(); i++) {
      labels.put(Integer.toString(i), FashionData.CLASSES.get(i));
    }
    index.put("id2label", labels);
    index.put("scheduler", List.of("diffusers", "DDIMScheduler"));
    index.put(TRANSFORMER, List.of("diffusers", "DiTTransformer2DModel"));
    index.put(AutoencoderObjective.VAE, List.of("diffusers", "AutoencoderKL"));
    ModelFiles.pipeline(
        model, index, LatentFiles.scheduler(recipe, "DDIMScheduler"), recipe.map("sampling"));
  }
}
