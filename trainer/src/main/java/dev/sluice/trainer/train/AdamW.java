package dev.sluice.trainer.train;

import dev.sluice.trainer.recipe.Recipe;

/**
 * How a player's weights are moved: Adam (Kingma and Ba 2015, algorithm 1) with weight decay beside
 * the gradient (Loshchilov and Hutter 2019, algorithm 2) and gradients cut to a norm over all
 * weights (Pascanu et al. 2013).
 *
 * @param rate learning rate, by which the decay is multiplied too
 * @param beta1 decay of the mean of gradients
 * @param beta2 decay of the mean of their squares
 * @param epsilon added to the root of that
 * @param weightDecay of matrices and filters; shifts, scales and tables of one dimension keep what
 *     they are
 * @param maxNorm of all gradients together; longer ones are shortened to it
 */
public record AdamW(
    LearningRate rate,
    double beta1,
    double beta2,
    double epsilon,
    double weightDecay,
    double maxNorm) {

  /** Reads {@code rate ..., beta1, beta2, epsilon, weight-decay, max-norm}. */
  public static AdamW of(Recipe recipe) {
    return new AdamW(
        LearningRate.of(recipe),
        recipe.number("beta1", 0, 0.9999),
        recipe.number("beta2", 0, 0.99999),
        recipe.number("epsilon", 0, 1),
        recipe.number("weight-decay", 0, 1),
        recipe.number("max-norm", 1e-9, 1e9));
  }
}
