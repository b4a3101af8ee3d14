package dev.sluice.trainer.train;

import dev.sluice.trainer.recipe.Recipe;
import java.util.Optional;

/**
 * The numbers of one phase.
 *
 * @param seed of first values, noise, timesteps and data
 * @param rows of a batch
 * @param accumulated batches whose gradients make one step
 * @param shards parts of a batch that are worked on side by side; divides the rows
 * @param steps in all
 * @param averageDecay of the moving average that is exported; 0 for the weights themselves
 * @param optimizers by player: those that {@code players} names, else {@code optimizer}
 * @param lowRank what is trained of networks; empty for all their weights
 */
public record TrainingSettings(
    long seed,
    int rows,
    int accumulated,
    int shards,
    long steps,
    double averageDecay,
    Optimizers optimizers,
    Optional<LowRank> lowRank) {

  /** Which optimizer a player has. */
  @FunctionalInterface
  public interface Optimizers {
    AdamW of(String player);
  }

  public TrainingSettings {
    if (rows < 1 || shards < 1 || rows % shards != 0) {
      throw new IllegalArgumentException(
          "%d rows do not divide into %d shards; choose batch a multiple of shards"
              .formatted(rows, shards));
    }
  }

  /** Reads {@code batch, accumulated, shards, steps, average, optimizer} and {@code players}. */
  public static TrainingSettings of(Recipe recipe, long seed) {
    return new TrainingSettings(
        seed,
        recipe.integer("batch", 1),
        recipe.integer("accumulated", 1),
        recipe.integer("shards", 1),
        recipe.integer("steps", 1),
        recipe.number("average", 0, 0.999999),
        player ->
            AdamW.of(
                recipe.at(recipe.has("players." + player) ? "players." + player : "optimizer")),
        Optional.empty());
  }

  /** The same, training little of networks. */
  public TrainingSettings with(Optional<LowRank> part) {
    return new TrainingSettings(
        seed, rows, accumulated, shards, steps, averageDecay, optimizers, part);
  }
}
