package dev.sluice.trainer.lineage;

import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.recipe.RecipeFile;
import dev.sluice.trainer.system.TrainedSystem;
import dev.sluice.trainer.system.TrainingRecord;
import dev.sluice.trainer.system.TrainingRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Trains what a comparison is of; what was trained before is taken as it is. */
final class Arms {

  private static final int EVERY = 200;

  private final Setup setup;

  Arms(Setup setup) {
    this.setup = setup;
  }

  /**
   * A trained arm.
   *
   * @param model its folder
   * @param minutes of the processor that its training took, all cores added; 0 if it is not known
   */
  record Arm(Path model, double minutes) {}

  /**
   * Trains an arm, or goes on where it stopped.
   *
   * @param settings what makes it differ from the system's recipe
   */
  Arm train(TrainedSystem system, String name, List<String> settings) throws IOException {
    Path folder = setup.work().resolve(name);
    Path model = folder.resolve("model");
    Recipe recipe = RecipeFile.shipped(system.name());
    for (String setting : setup.settings()) {
      recipe = RecipeFile.with(recipe, setting);
    }
    for (String setting : settings) {
      recipe = RecipeFile.with(recipe, setting);
    }
    System.err.printf("%s %s%n", name, settings);
    new TrainingRun(
            system,
            recipe,
            new TrainingRun.Options(
                model,
                folder.resolve("work"),
                setup.data(),
                Optional.empty(),
                Optional.empty(),
                true,
                Optional.empty(),
                EVERY,
                EVERY),
            System.err,
            false)
        .run();
    return new Arm(model, TrainingRecord.processorMinutes(model).orElse(0));
  }
}
