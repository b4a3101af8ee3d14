package dev.sluice.trainer.lineage;

import com.sun.management.OperatingSystemMXBean;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.recipe.RecipeFile;
import dev.sluice.trainer.system.TrainedSystem;
import dev.sluice.trainer.system.TrainingRun;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Trains what a comparison is of; what was trained before is taken as it is. */
final class Arms {

  private static final String COST = "cpu-seconds";
  private static final int EVERY = 200;

  private final Setup setup;

  Arms(Setup setup) {
    this.setup = setup;
  }

  /**
   * A trained arm.
   *
   * @param model its folder
   * @param minutes of the processor that its training took, all cores added
   */
  record Arm(Path model, double minutes) {}

  /**
   * Trains an arm, or goes on where it stopped.
   *
   * @param settings what makes it differ from the system's recipe
   */
  Arm train(TrainedSystem system, String name, List<String> settings) throws IOException {
    Path folder = setup.work().resolve(name);
    Recipe recipe = RecipeFile.shipped(system.name());
    for (String setting : setup.settings()) {
      recipe = RecipeFile.with(recipe, setting);
    }
    for (String setting : settings) {
      recipe = RecipeFile.with(recipe, setting);
    }
    Path cost = folder.resolve(COST);
    double before = Files.exists(cost) ? Double.parseDouble(Files.readString(cost).strip()) : 0;
    double start = processorSeconds();
    System.err.printf("%s %s%n", name, settings);
    new TrainingRun(
            system,
            recipe,
            new TrainingRun.Options(
                folder.resolve("model"),
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
    double seconds = before + processorSeconds() - start;
    Files.writeString(cost, seconds + "\n");
    return new Arm(folder.resolve("model"), seconds / 60);
  }

  private static double processorSeconds() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getProcessCpuTime()
        / 1e9;
  }
}
