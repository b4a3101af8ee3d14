package dev.sluice.trainer.imagen;

import dev.sluice.trainer.captioned.IfFiles;
import dev.sluice.trainer.captioned.TextToPixels;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.system.OtherModel;
import dev.sluice.trainer.system.Phase;
import dev.sluice.trainer.system.TrainedSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * {@link ShapesImagen}'s network by the same recipe, told by a CLIP what a caption says: what the
 * paper compares T5 with (section 4.4, figure 4). Nothing that is served: a pipeline of this class
 * reads no CLIP.
 */
public final class ImagenOfClip implements TrainedSystem {

  private final TrainedSystem usual = new ShapesImagen();
  private final Path clip;

  /**
   * @param clip the folder of a text encoder of the shapes world
   */
  public ImagenOfClip(Path clip) {
    this.clip = clip;
  }

  @Override
  public String name() {
    return usual.name();
  }

  @Override
  public String paper() {
    return usual.paper();
  }

  @Override
  public List<Phase> phases() {
    return List.of(
        Phase.of(
            ShapesImagen.BASE, context -> TextToPixels.ofFrozenClip(context, clip), IfFiles.UNET));
  }

  @Override
  public void writeFiles(Recipe recipe, Path model) throws IOException {
    usual.writeFiles(recipe, model);
    OtherModel.copy(clip, model.resolve(IfFiles.TEXT_ENCODER));
  }
}
