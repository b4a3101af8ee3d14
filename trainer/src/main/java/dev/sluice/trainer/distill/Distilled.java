package dev.sluice.trainer.distill;

import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.recipe.RecipeException;
import dev.sluice.trainer.train.AdamW;
import dev.sluice.trainer.train.Objective;
import dev.sluice.trainer.train.TrainingSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Something that is found under a denoiser's judgement, and can be looked at on the way. */
interface Distilled extends Objective {

  /** The component of its weights. */
  String component();

  /** The numbers of the descent. */
  TrainingSettings settings();

  /**
   * The numbers that a recipe gives.
   *
   * @param unit what rows are
   * @param rows of a batch
   * @throws RecipeException where they do not divide into shards
   */
  static TrainingSettings settings(Recipe recipe, String unit, int rows) {
    int shards = recipe.integer("shards", 1);
    if (rows % shards != 0) {
      throw new RecipeException(
          "%d %s do not divide into %d shards; choose a multiple of them"
              .formatted(rows, unit, shards));
    }
    AdamW optimizer = AdamW.of(recipe.at("optimizer"));
    return new TrainingSettings(
        recipe.integer("seed"),
        rows,
        1,
        shards,
        recipe.integer("steps", 1),
        recipe.number("average", 0, 0.999999),
        player -> optimizer,
        Optional.empty());
  }

  /** What of its texts the judge does not see, in sentences. */
  List<String> leftOut();

  /** The file of its weights in the folder of results. */
  Path weights(Path folder);

  /**
   * What it looks like.
   *
   * @param folder that has its weights
   * @return {@code [rows, 3, side, side]} in [-1, 1]
   */
  HostTensor.Floats pictures(Path folder) throws IOException;

  /**
   * Writes what is to be had at the end, weights aside.
   *
   * @param folder that has them
   * @return the file to look at first
   */
  Path finish(Path folder) throws IOException;
}
