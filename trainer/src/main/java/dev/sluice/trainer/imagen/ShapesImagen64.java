package dev.sluice.trainer.imagen;

import dev.sluice.trainer.captioned.IfFiles;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.shapes.World;
import dev.sluice.trainer.system.ModelFiles;
import dev.sluice.trainer.system.OtherModel;
import dev.sluice.trainer.system.Phase;
import dev.sluice.trainer.system.TrainedSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Imagen's second stage on the shapes world, 32x32 to 64x64: a folder of its own, as DeepFloyd's
 * {@code IFSuperResolutionPipeline} is. Its network is the paper's Efficient U-Net in small
 * (appendix B): few channels and layers where pixels are many, more of both where they are few, and
 * sums in residual blocks scaled down. Its text encoder is the first stage's.
 */
public final class ShapesImagen64 implements TrainedSystem {

  @Override
  public String name() {
    return "shapes-imagen-64";
  }

  @Override
  public String paper() {
    return new ShapesImagen().paper() + " (its second stage)";
  }

  @Override
  public List<Phase> phases() {
    return List.of(
        Phase.of("super-resolution", PixelsToPixels::new, IfFiles.TEXT_ENCODER, IfFiles.UNET));
  }

  /** The folder of the first stage's text encoder. */
  static Path trainedText(Recipe recipe) {
    return World.builtOn(recipe, IfFiles.TEXT_ENCODER);
  }

  @Override
  public void writeFiles(Recipe recipe, Path model) throws IOException {
    ModelFiles.config(model, IfFiles.TEXT_ENCODER, OtherModel.config(trainedText(recipe)).asMap());
    IfFiles.writeEnlarging(recipe, model);
  }
}
