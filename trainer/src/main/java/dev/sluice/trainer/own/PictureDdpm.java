package dev.sluice.trainer.own;

import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.trainer.data.Framing;
import dev.sluice.trainer.data.PictureBatches;
import dev.sluice.trainer.data.PictureSet;
import dev.sluice.trainer.diffusion.DiffusionLoss;
import dev.sluice.trainer.pixels.DdpmFiles;
import dev.sluice.trainer.pixels.PictureSource;
import dev.sluice.trainer.pixels.UnetObjective;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.system.Phase;
import dev.sluice.trainer.system.PhaseContext;
import dev.sluice.trainer.system.TrainedSystem;
import dev.sluice.trainer.system.TrainingException;
import dev.sluice.trainer.train.Objective;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** DDPM on a folder of pictures of one's own, of their classes where the recipe says so. */
public final class PictureDdpm implements TrainedSystem {

  @Override
  public String name() {
    return "picture-ddpm";
  }

  @Override
  public String paper() {
    return "Ho et al. 2020, Denoising Diffusion Probabilistic Models, on pictures of your own";
  }

  @Override
  public List<Phase> phases() {
    return List.of(Phase.of(UnetObjective.UNET, PictureDdpm::unet, UnetObjective.UNET));
  }

  private static Objective unet(PhaseContext context) {
    Recipe recipe = context.recipe();
    Path folder =
        context.requireData(
            "picture-ddpm",
            "a folder of pictures, with sub-folders for"
                + " classes, or of WebDataset's tar files");
    PictureSet set = PictureSet.open(folder);
    int classes = recipe.integer("classes", 0);
    if (classes > 0 && set.classes().size() != classes) {
      int found = set.classes().size();
      set.close();
      throw new TrainingException(
          "%s has %d classes and the recipe says %d; --set classes=%d"
              .formatted(folder, found, classes, found));
    }
    PictureBatches batches =
        new PictureBatches(
            set, Framing.of(recipe.at("framing")), context.settings().seed(), System.err::println);
    return new UnetObjective(
        config(recipe), DiffusionLoss.of(recipe.at("loss")), source(batches, context));
  }

  private static PictureSource source(PictureBatches batches, PhaseContext context) {
    return new PictureSource() {
      @Override
      public Map<String, HostTensor> batch(long number) {
        PictureBatches.Batch batch = batches.batch(number, context.settings().rows());
        return Map.of("clean", batch.pictures(), "classes", batch.classes());
      }

      @Override
      public void close() {
        batches.close();
      }
    };
  }

  private static Map<String, Object> config(Recipe recipe) {
    Map<String, Object> config = DdpmFiles.unet(recipe, recipe.integer("framing.side", 1));
    int channels = recipe.integer("framing.channels", 1);
    config.put("in_channels", channels);
    config.put("out_channels", channels);
    if (recipe.integer("classes", 0) > 0) {
      config.put("num_class_embeds", recipe.integer("classes", 0));
    }
    return config;
  }

  @Override
  public void writeFiles(Recipe recipe, Path model) throws IOException {
    DdpmFiles.write(recipe, model, config(recipe));
  }
}
