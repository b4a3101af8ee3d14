package dev.sluice.trainer.imagen;

import dev.sluice.trainer.captioned.IfFiles;
import dev.sluice.trainer.captioned.TextToPixels;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.system.Phase;
import dev.sluice.trainer.system.TrainedSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Imagen's text encoder and first stage on the shapes world: T5's encoder learns from text alone
 * and then stays as it is (section 2.1 of the paper), a network of 32x32 pixels learns to draw what
 * its states say. Guidance is high, and dynamic thresholding (section 2.3) keeps the samples within
 * the range of pixels. The second stage is {@link ShapesImagen64}.
 */
public final class ShapesImagen implements TrainedSystem {

  /** The phase of the network. */
  public static final String BASE = "base";

  @Override
  public String name() {
    return "shapes-imagen";
  }

  @Override
  public String paper() {
    return "Saharia et al. 2022, Photorealistic Text-to-Image Diffusion Models with Deep Language"
        + " Understanding";
  }

  @Override
  public List<Phase> phases() {
    return List.of(
        Phase.of(MaskedText.TEXT, MaskedText::new, IfFiles.TEXT_ENCODER),
        Phase.of(BASE, TextToPixels::ofFrozenText, IfFiles.UNET));
  }

  @Override
  public void writeFiles(Recipe recipe, Path model) throws IOException {
    IfFiles.write(recipe, model);
  }
}
