package dev.sluice.trainer.own;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.trainer.latent.StableDiffusion;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.recipe.RecipeFile;
import dev.sluice.trainer.system.OtherModel;
import dev.sluice.trainer.system.Phase;
import dev.sluice.trainer.system.TrainedSystem;
import dev.sluice.trainer.system.TrainingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Iterator;
import java.util.List;

/**
 * Goes on with the denoiser of a {@code StableDiffusionPipeline}, on captioned pictures of one's
 * own: all of it, or products of low rank beside its attention ({@code --lora}). The autoencoder,
 * the text encoder and everything else are copied as they are.
 */
public final class PictureLdm implements TrainedSystem {

  static final String UNET = "unet";

  private static final String BUILT_ON = "built-on.model";
  private static final String NOTHING = "none";
  private static final String SAMPLING = "sampling_defaults.json";
  private static final String CONFIG = "config.json";

  @Override
  public String name() {
    return "picture-ldm";
  }

  @Override
  public String paper() {
    return "Rombach et al. 2022, High-Resolution Image Synthesis with Latent Diffusion Models, on"
        + " pictures of your own";
  }

  @Override
  public Recipe goingOnFrom(Path model, Recipe recipe) {
    // A JSON string is one of YAML, whatever is in it.
    return RecipeFile.with(recipe, BUILT_ON + "=" + TextNode.valueOf(model.toString()));
  }

  @Override
  public List<Phase> phases() {
    return List.of(Phase.of("text-to-latents", CaptionsToLatents::new, UNET));
  }

  /** The model that is gone on from, to be closed. */
  static StableDiffusion begun(Recipe recipe) {
    String model = recipe.string(BUILT_ON);
    if (model.equals(NOTHING)) {
      throw new TrainingException(
          "picture-ldm goes on with a model that is there: name the folder of a"
              + " StableDiffusionPipeline by --init, such as models/shapes-ldm");
    }
    return StableDiffusion.open(model);
  }

  @Override
  public void writeFiles(Recipe recipe, Path model) throws IOException {
    Path from;
    try (StableDiffusion begun = begun(recipe)) {
      from = begun.folder();
    }
    Files.createDirectories(model);
    copy(from, model, ModelFolder.INDEX);
    if (Files.exists(from.resolve(SAMPLING))) {
      copy(from, model, SAMPLING);
    }
    Iterator<String> components =
        new ObjectMapper().readTree(from.resolve(ModelFolder.INDEX).toFile()).fieldNames();
    while (components.hasNext()) {
      String component = components.next();
      if (component.equals(UNET)) {
        Files.createDirectories(model.resolve(UNET));
        copy(from.resolve(UNET), model.resolve(UNET), CONFIG);
      } else if (Files.isDirectory(from.resolve(component))) {
        OtherModel.copy(from.resolve(component), model.resolve(component));
      }
    }
  }

  private static void copy(Path from, Path to, String file) throws IOException {
    Files.copy(from.resolve(file), to.resolve(file), StandardCopyOption.REPLACE_EXISTING);
  }
}
