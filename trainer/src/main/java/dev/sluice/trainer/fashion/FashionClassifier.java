package dev.sluice.trainer.fashion;

import dev.sluice.trainer.pixels.ClassifierObjective;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.system.ModelFiles;
import dev.sluice.trainer.system.Phase;
import dev.sluice.trainer.system.TrainedSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tells the ten classes of clean pictures apart. Its features are what samples are measured in, as
 * Inception's are for photographs; it is no part of what makes them.
 */
public final class FashionClassifier implements TrainedSystem {

  /** Where it lies: not among the models, as it makes no pictures. */
  public static final String FOLDER = "trainer/measures/fashion-classifier";

  @Override
  public String name() {
    return "fashion-classifier";
  }

  @Override
  public Path folder() {
    return Path.of(FOLDER);
  }

  @Override
  public String paper() {
    return "for the measures of Heusel et al. 2017 and Kynkaanniemi et al. 2019";
  }

  @Override
  public List<Phase> phases() {
    return List.of(
        Phase.of(
            ClassifierObjective.CLASSIFIER,
            context ->
                new ClassifierObjective(
                    config(context.recipe()),
                    FashionData.SIDE,
                    Optional.empty(),
                    FashionData.batches(context)),
            ClassifierObjective.CLASSIFIER));
  }

  /** Of this system and of others that have a classifier. */
  static Map<String, Object> config(Recipe recipe) {
    Map<String, Object> config =
        ModelFiles.ofClass("NoisyClassifier", recipe.map("components.classifier"));
    config.put("num_classes", FashionData.CLASSES.size());
    return config;
  }

  @Override
  public void writeFiles(Recipe recipe, Path model) throws IOException {
    ModelFiles.config(model, ClassifierObjective.CLASSIFIER, config(recipe));
  }
}
