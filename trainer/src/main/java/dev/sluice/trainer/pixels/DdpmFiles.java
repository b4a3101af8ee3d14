package dev.sluice.trainer.pixels;

import dev.sluice.diffusion.prediction.PredictionType;
import dev.sluice.trainer.diffusion.Prediction;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.system.ModelFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The files of a {@code DDPMPipeline}. */
public final class DdpmFiles {

  private DdpmFiles() {}

  /** Writes all but weights: by {@code loss}, {@code scheduler} and {@code sampling}. */
  public static void write(Recipe recipe, Path model, Map<String, Object> unet) throws IOException {
    Map<String, Object> index = new LinkedHashMap<>();
    index.put("_class_name", "DDPMPipeline");
    index.put("unet", List.of("diffusers", "UNet2DModel"));
    index.put("scheduler", List.of("diffusers", "DDPMScheduler"));
    ModelFiles.config(model, UnetObjective.UNET, unet);
    ModelFiles.pipeline(model, index, scheduler(recipe), recipe.map("sampling"));
  }

  /**
   * The scheduler that undoes the recipe's process, with what {@code scheduler} adds. A prediction
   * that no scheduler knows is written as noise: such a network is for comparisons, which bring its
   * answers to noise themselves.
   */
  public static Map<String, Object> scheduler(Recipe recipe) {
    Map<String, Object> members = process(recipe);
    members.put("clip_sample", true);
    members.putAll(recipe.map("scheduler"));
    return ModelFiles.ofClass("DDPMScheduler", members);
  }

  /** What schedulers of every class say of the recipe's process, and of the network's answers. */
  public static Map<String, Object> process(Recipe recipe) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("num_train_timesteps", recipe.integer("loss.process.timesteps", 1));
    members.put("beta_schedule", recipe.string("loss.process.betas"));
    members.put("beta_start", recipe.number("loss.process.beta-start"));
    members.put("beta_end", recipe.number("loss.process.beta-end"));
    members.put(
        "prediction_type",
        recipe
            .choice("loss.prediction", Prediction.class)
            .type()
            .orElse(PredictionType.EPSILON)
            .configName());
    return members;
  }

  /** The config of the recipe's network. */
  public static Map<String, Object> unet(Recipe recipe, int side) {
    Map<String, Object> config = ModelFiles.ofClass("UNet2DModel", recipe.map("components.unet"));
    config.put("sample_size", side);
    return config;
  }
}
