package dev.sluice.trainer.latent;

import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.system.Phase;
import dev.sluice.trainer.system.TrainedSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * SDXL's refiner on the shapes world (Podell et al. 2023, section 2.5): a network of the same
 * latents that is trained on the last timesteps alone, where there is little noise, and finishes
 * what the base begins. It reads one of the two texts, and is told an aesthetic score in place of
 * the target's size, as the published one.
 *
 * <p>Nobody has scored these pictures: the score is how large an original was beside what it was
 * enlarged to, as far as it was smaller, so that who asks for a high score asks for sharp edges.
 */
public final class ShapesSdxlRefiner implements TrainedSystem {

  /** Height and width of the original, where it was cut, the score. */
  private static final int NUMBERS = 5;

  @Override
  public String name() {
    return "shapes-sdxl-refiner";
  }

  @Override
  public String paper() {
    return "Podell et al. 2023, SDXL, section 2.5";
  }

  @Override
  public List<Phase> phases() {
    return List.of(
        Phase.of(
            "refiner",
            context -> new SizedTextToLatents(context, SizedTextToLatents.Kind.REFINER),
            SdxlFiles.UNET));
  }

  /** The network's config. */
  static Map<String, Object> unet(Recipe recipe) {
    return SdxlFiles.unet(recipe, 1, NUMBERS);
  }

  @Override
  public void writeFiles(Recipe recipe, Path model) throws IOException {
    Map<String, Object> index = new LinkedHashMap<>();
    index.put("_class_name", "StableDiffusionXLImg2ImgPipeline");
    index.put("force_zeros_for_empty_prompt", false);
    index.put("requires_aesthetics_score", true);
    SdxlFiles.withoutFirstText(index);
    SdxlFiles.write(recipe, model, index, unet(recipe));
  }
}
