package dev.sluice.trainer.latent;

import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.system.Phase;
import dev.sluice.trainer.system.TrainedSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * SDXL-Turbo's way to few steps, on the shapes world: the network of a latent diffusion model
 * learns to give in one step what that gives in thirty.
 */
public final class ShapesTurbo implements TrainedSystem {

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

  @Override
  public void writeFiles(Recipe recipe, Path model) throws IOException {
    FewStepStudent.writeFiles(recipe, model);
  }
}
