package dev.sluice.trainer.glide;

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
 * GLIDE's network that paints into pictures (section 4.3 of the paper): that of {@link ShapesGlide}
 * goes on learning, with a mask and the picture around a hole beside what it denoises. Its text
 * transformer is taken as it is, where the paper's goes on learning too.
 *
 * <p>Its folder is an {@code IFPipeline} whose network takes seven channels, which diffusers' does
 * not have; it is served here.
 */
public final class ShapesGlideInpainting implements TrainedSystem {

  /** The only phase. */
  public static final String INPAINTING = "inpainting";

  @Override
  public String name() {
    return "shapes-glide-inpainting";
  }

  @Override
  public String paper() {
    return new ShapesGlide().paper() + " (its painting into pictures)";
  }

  @Override
  public List<Phase> phases() {
    return List.of(Phase.of(INPAINTING, PaintedPixels::new, IfFiles.TEXT_ENCODER, IfFiles.UNET));
  }

  /** The folder of the text transformer that is built upon. */
  static Path trainedText(Recipe recipe) {
    return World.builtOn(recipe, IfFiles.TEXT_ENCODER);
  }

  @Override
  public void writeFiles(Recipe recipe, Path model) throws IOException {
    ModelFiles.config(model, IfFiles.TEXT_ENCODER, OtherModel.config(trainedText(recipe)).asMap());
    IfFiles.writeDrawing(recipe, model);
  }
}
