package dev.sluice.trainer.latent;

import dev.sluice.catalog.Config;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.shapes.ShapesVocabulary;
import dev.sluice.trainer.system.ModelFiles;
import dev.sluice.trainer.system.OtherModel;
import dev.sluice.trainer.system.Phase;
import dev.sluice.trainer.system.TrainedSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * SDXL-Turbo's way to few steps, on the shapes world: the network of a latent diffusion model
 * learns to give in one step what that gives in thirty. It samples by answering, and adding fresh
 * noise to the answer for the next step, which is what {@code LCMScheduler} does.
 */
public final class ShapesTurbo implements TrainedSystem {

  private static final String LCM = "LCMScheduler";

  @Override
  public String name() {
    return "shapes-turbo";
  }

  @Override
  public String paper() {
    return "Sauer et al. 2023, Adversarial Diffusion Distillation";
  }

  @Override
  public List<Phase> phases() {
    return List.of(Phase.of("distillation", AdversarialDistillation::new, ShapesLdm.UNET));
  }

  /** The folder of the teacher's network, which the student begins as. */
  static Path teacher(Recipe recipe) {
    return OtherModel.builtOn(recipe, ShapesLdm.UNET);
  }

  /** Its config, which is the student's. */
  static Config unet(Recipe recipe) {
    return OtherModel.config(teacher(recipe));
  }

  @Override
  public void writeFiles(Recipe recipe, Path model) throws IOException {
    new ShapesVocabulary().write(model.resolve("tokenizer"));
    ModelFiles.config(model, ShapesLdm.UNET, unet(recipe).asMap());
    OtherModel.copy(
        OtherModel.builtOn(recipe, AutoencoderObjective.VAE),
        model.resolve(AutoencoderObjective.VAE));
    OtherModel.copy(ShapesLdm.trainedText(recipe), model.resolve(ShapesLdm.TEXT_ENCODER));
    ModelFiles.config(model, ShapesLdm.TEXT_ENCODER, ShapesLdm.textEncoder(recipe));
    ModelFiles.pipeline(
        model, LatentFiles.stableDiffusion(LCM), scheduler(recipe), recipe.map("sampling"));
  }

  /** The student's sampler. */
  static Map<String, Object> scheduler(Recipe recipe) {
    return LatentFiles.scheduler(recipe, LCM);
  }
}
