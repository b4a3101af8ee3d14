package dev.sluice.trainer.latent;

import dev.sluice.catalog.Config;
import dev.sluice.diffusion.Samplers;
import dev.sluice.diffusion.sampling.SamplingOptions;
import dev.sluice.trainer.pixels.DdpmFiles;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.recipe.RecipeException;
import dev.sluice.trainer.shapes.ShapesVocabulary;
import dev.sluice.trainer.shapes.World;
import dev.sluice.trainer.system.ModelFiles;
import dev.sluice.trainer.system.OtherModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * What students of {@code shapes-ldm} in few steps have in common: a network of its teacher's kind,
 * that begins as it and answers with the clean latent, beside its teacher's other components. It
 * samples by answering, and adding fresh noise to the answer for the next step, which is what
 * {@code LCMScheduler} does.
 */
final class FewStepStudent {

  private static final String LCM = "LCMScheduler";

  private FewStepStudent() {}

  /** The folder of the teacher's network, which the student begins as. */
  static Path teacher(Recipe recipe) {
    return World.builtOn(recipe, ShapesLdm.UNET);
  }

  /** Its config, which is the student's. */
  static Config unet(Recipe recipe) {
    return OtherModel.config(teacher(recipe));
  }

  /** Writes all of the model folder that is not learned. */
  static void writeFiles(Recipe recipe, Path model) throws IOException {
    new ShapesVocabulary(World.of(recipe)).write(model.resolve("tokenizer"));
    ModelFiles.config(model, ShapesLdm.UNET, unet(recipe).asMap());
    OtherModel.copy(
        OtherModel.builtOn(recipe, AutoencoderObjective.VAE),
        model.resolve(AutoencoderObjective.VAE));
    OtherModel.copy(ShapesLdm.trainedText(recipe), model.resolve(ShapesLdm.TEXT_ENCODER));
    ModelFiles.config(model, ShapesLdm.TEXT_ENCODER, ShapesLdm.textEncoder(recipe));
    ModelFiles.pipeline(
        model, LatentFiles.stableDiffusion(LCM), scheduler(recipe), recipe.map("sampling"));
  }

  private static Map<String, Object> scheduler(Recipe recipe) {
    return LatentFiles.scheduler(recipe, LCM);
  }

  /** Where its sampler asks it, in so many steps. */
  static long[] timesteps(Recipe recipe, int steps) {
    float[] timesteps =
        Samplers.fromConfig(scheduler(recipe)).plan(SamplingOptions.ofSteps(steps)).timesteps();
    long[] whole = new long[timesteps.length];
    for (int i = 0; i < whole.length; i++) {
      whole[i] = (long) timesteps[i];
    }
    return whole;
  }

  /**
   * Checks that the recipe's process is the one that the teacher was trained with.
   *
   * @throws RecipeException if it is another
   */
  static void requireTeachersProcess(Recipe recipe) {
    Config taught = Config.read(teacher(recipe).resolveSibling("scheduler/scheduler_config.json"));
    DdpmFiles.process(recipe)
        .forEach(
            (name, value) -> {
              Object teachers = taught.asMap().get(name);
              if (teachers != null && !teachers.equals(value)) {
                throw new RecipeException(
                    "loss says %s of %s, the teacher was trained with %s; say the same"
                        .formatted(value, name, teachers));
              }
            });
  }
}
