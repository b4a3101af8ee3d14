package dev.sluice.trainer.latent;

import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.system.Phase;
import dev.sluice.trainer.system.TrainedSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Score distillation into a generator, on the shapes world: DreamFusion's parameters are those of a
 * network that makes a latent of noise and a caption in one step, and what it makes is judged by
 * the frozen {@code shapes-ldm}. No picture is seen in training, only captions.
 */
public final class ShapesSds implements TrainedSystem {

  @Override
  public String name() {
    return "shapes-sds";
  }

  @Override
  public String paper() {
    return "Poole et al. 2022, DreamFusion: Text-to-3D using 2D Diffusion";
  }

  @Override
  public List<Phase> phases() {
    return List.of(Phase.of("distillation", GeneratorDistillation::new, ShapesLdm.UNET));
  }

  @Override
  public void writeFiles(Recipe recipe, Path model) throws IOException {
    FewStepStudent.writeFiles(recipe, model);
  }
}
