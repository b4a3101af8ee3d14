package dev.sluice.trainer.system;

import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.train.TrainingSettings;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a phase works with.
 *
 * @param recipe of the whole system
 * @param own the phase's part of it
 * @param settings of the phase
 * @param model the folder that is written; what earlier phases trained lies there
 * @param data the folder that the user named; empty where none was
 * @param out is told what takes long before the first step
 */
public record PhaseContext(
    Recipe recipe,
    Recipe own,
    TrainingSettings settings,
    Path model,
    Optional<Path> data,
    PrintStream out) {

  /**
   * The folder that the user has to name.
   *
   * @param system that needs it
   * @param what it has to be
   * @throws TrainingException if none was named
   */
  public Path requireData(String system, String what) {
    return data.orElseThrow(
        () -> new TrainingException("%s needs --data DIR: %s".formatted(system, what)));
  }
}
