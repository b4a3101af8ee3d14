package dev.sluice.trainer.system;

import dev.sluice.trainer.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * One published system, in miniature. Its file says all that is particular to it in the order of
 * its paper; its numbers are the recipe of its name.
 */
public interface TrainedSystem {

  /**
   * The name of the command, of the recipe and of the model folder, such as {@code fashion-ddpm}:
   * the data first, by which {@code evaluate} knows how to measure the model.
   */
  String name();

  /** Where its model goes if nobody says otherwise. */
  default Path folder() {
    return Path.of("models", name());
  }

  /** Where it was published. */
  String paper();

  /** What is trained, in the order in which one needs the other. */
  List<Phase> phases();

  /**
   * The recipe where a model is gone on from, for systems that take more of it than weights of
   * their own.
   */
  default Recipe goingOnFrom(Path model, Recipe recipe) {
    return recipe;
  }

  /** Writes all of the model folder that is no weights. */
  void writeFiles(Recipe recipe, Path model) throws IOException;
}
