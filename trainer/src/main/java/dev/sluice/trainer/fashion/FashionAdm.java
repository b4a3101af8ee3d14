package dev.sluice.trainer.fashion;

import dev.sluice.trainer.diffusion.DiffusionLoss;
import dev.sluice.trainer.pixels.ClassifierObjective;
import dev.sluice.trainer.pixels.DdpmFiles;
import dev.sluice.trainer.pixels.UnetObjective;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.system.ModelFiles;
import dev.sluice.trainer.system.Phase;
import dev.sluice.trainer.system.PhaseContext;
import dev.sluice.trainer.system.TrainedSystem;
import dev.sluice.trainer.train.Objective;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * ADM: a UNet of more heads, attention at more resolutions, resampling in residual blocks and
 * adaptive group norm, told the class, with a variance that it learns; and a classifier of noisy
 * pictures to guide it by.
 */
public final class FashionAdm implements TrainedSystem {

  @Override
  public String name() {
    return "fashion-adm";
  }

  @Override
  public String paper() {
    return "Dhariwal and Nichol 2021, Diffusion Models Beat GANs on Image Synthesis";
  }

  @Override
  public List<Phase> phases() {
    return List.of(
        Phase.of(UnetObjective.UNET, FashionAdm::unet, UnetObjective.UNET),
        Phase.of(
                ClassifierObjective.CLASSIFIER,
                FashionAdm::classifier,
                ClassifierObjective.CLASSIFIER)
            // Without its weights the model is one that cannot be guided, and whole.
            .then(
                context ->
                    ModelFiles.config(
                        context.model(),
                        ClassifierObjective.CLASSIFIER,
                        FashionClassifier.config(context.recipe()))));
  }

  private static Objective unet(PhaseContext context) {
    return new UnetObjective(
        config(context.recipe()),
        DiffusionLoss.of(context.recipe().at("loss")),
        FashionData.batches(context));
  }

  private static Objective classifier(PhaseContext context) {
    return new ClassifierObjective(
        FashionClassifier.config(context.recipe()),
        FashionData.SIDE,
        Optional.of(DiffusionLoss.of(context.recipe().at("loss"))),
        FashionData.batches(context));
  }

  private static Map<String, Object> config(Recipe recipe) {
    Map<String, Object> config = DdpmFiles.unet(recipe, FashionData.SIDE);
    if (recipe.bool("class-conditional")) {
      config.put("num_class_embeds", FashionData.CLASSES.size());
    }
    return config;
  }

  @Override
  public void writeFiles(Recipe recipe, Path model) throws IOException {
    DdpmFiles.write(recipe, model, config(recipe));
  }
}
