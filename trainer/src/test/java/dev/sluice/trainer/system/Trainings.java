package dev.sluice.trainer.system;

import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.recipe.RecipeFile;
import dev.sluice.trainer.train.LowRank;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** Small trainings, as the command runs them. */
public final class Trainings {

  private Trainings() {}

  /**
   * Trains to {@code folder/model}, with saves in {@code folder/work}.
   *
   * @param data null for the system's own
   * @param phase null for all
   * @param settings as {@code --set} has them
   * @return what is told, line by line
   */
  public static String train(
      TrainedSystem system,
      Path folder,
      Path data,
      String phase,
      boolean resume,
      String... settings)
      throws IOException {
    return train(system, folder, data, phase, resume, Optional.empty(), Optional.empty(), settings);
  }

  /**
   * The same, going on from a model.
   *
   * @param init its folder
   * @param lowRank what is trained beside its weights
   */
  public static String train(
      TrainedSystem system,
      Path folder,
      Path data,
      String phase,
      boolean resume,
      Optional<Path> init,
      Optional<LowRank> lowRank,
      String... settings)
      throws IOException {
    Recipe recipe = RecipeFile.shipped(system.name());
    for (String setting : settings) {
      recipe = RecipeFile.with(recipe, setting);
    }
    TrainingRun.Options options =
        new TrainingRun.Options(
            folder.resolve("model"),
            folder.resolve("work"),
            Optional.ofNullable(data),
            init,
            lowRank,
            resume,
            Optional.ofNullable(phase),
            500,
            10);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new TrainingRun(
            system, recipe, options, new PrintStream(out, true, StandardCharsets.UTF_8), false)
        .run();
    return out.toString(StandardCharsets.UTF_8);
  }
}
