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
 * SDXL on the shapes world: latent diffusion that is told, beside a text that two CLIPs read, how
 * large the picture was that a training example was made of, where that was cut, and to which size
 * (section 2.2). So small and cut pictures can be learned from, and are not imitated; and pictures
 * of several aspect ratios, a batch of one each (section 2.3).
 *
 * <p>The class has two CLIPs; here both are the same one, another model's. Its network begins with
 * what fits of another's weights: the paper's began anew. The paper's has more transformer blocks
 * at its coarser levels; this one has one everywhere, as the other.
 */
public final class ShapesSdxl implements TrainedSystem {

  /** Height and width of the original, where it was cut, height and width of the target. */
  private static final int NUMBERS = 6;

  @Override
  public String name() {
    return "shapes-sdxl";
  }

  @Override
  public String paper() {
    return "Podell et al. 2023, SDXL: Improving Latent Diffusion Models for High-Resolution Image"
        + " Synthesis";
  }

  @Override
  public List<Phase> phases() {
    return List.of(
        Phase.of(
            "text-to-latents",
            context -> new SizedTextToLatents(context, SizedTextToLatents.Kind.BASE),
            SdxlFiles.UNET));
  }

  /** The network's config. */
  static Map<String, Object> unet(Recipe recipe) {
    return SdxlFiles.unet(recipe, 2, NUMBERS);
  }

  @Override
  public void writeFiles(Recipe recipe, Path model) throws IOException {
    Map<String, Object> index = new LinkedHashMap<>();
    index.put("_class_name", "StableDiffusionXLPipeline");
    index.put("force_zeros_for_empty_prompt", true);
    SdxlFiles.writeFirstText(recipe, model, index);
    SdxlFiles.write(recipe, model, index, unet(recipe));
  }
}
