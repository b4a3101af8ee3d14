package dev.sluice.trainer.glide;

import dev.sluice.trainer.captioned.IfFiles;
import dev.sluice.trainer.captioned.TextToPixels;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.system.Phase;
import dev.sluice.trainer.system.TrainedSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * GLIDE on the shapes world: a text transformer and a network of pixels that learn together, with
 * some captions dropped, so that it can be guided without a classifier.
 *
 * <p>Its paper puts the text's last token in place of a class, and all tokens beside the pixels in
 * each attention (section 2.2 of the paper); here the tokens are pooled by attention for the first,
 * which is what diffusers' {@code IFPipeline} has, and the text transformer is of T5's form, for
 * the same reason: the folder runs there unchanged.
 */
public final class ShapesGlide implements TrainedSystem {

  @Override
  public String name() {
    return "shapes-glide";
  }

  @Override
  public String paper() {
    return "Nichol et al. 2021, GLIDE: Towards Photorealistic Image Generation and Editing with"
        + " Text-Guided Diffusion Models";
  }

  @Override
  public List<Phase> phases() {
    return List.of(
        Phase.of("text-to-pixels", TextToPixels::learningText, IfFiles.TEXT_ENCODER, IfFiles.UNET));
  }

  @Override
  public void writeFiles(Recipe recipe, Path model) throws IOException {
    IfFiles.write(recipe, model);
  }
}
