package dev.sluice.trainer.diffusion;

import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.recipe.RecipeException;
import dev.sluice.trainer.train.TrainingGraph;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * Score distillation (Poole et al. 2022, "DreamFusion", section 3): what a frozen denoiser says of
 * a noised sample x is a gradient for whatever x was made by. With z_t = signal_t x + noise_t n and
 * n' the noise that the denoiser sees in z_t, what is to be small is (eq. 2) 1/2 w(t) |n' - n|^2;
 * its gradient without the denoiser's Jacobian is (eq. 3) w(t) (n' - n) dx, which needs no pass
 * back through the denoiser.
 *
 * @param forward what noise does to a sample
 * @param prediction what the denoiser's answers mean
 * @param gradient which of the two
 * @param weight w(t)
 * @param least of the timesteps that are drawn, as a share of all
 * @param most as {@code least}
 * @param mostAtEnd what {@code most} falls to, evenly over the training
 */
public record ScoreDistillation(
    ForwardProcess forward,
    Prediction prediction,
    GradientPath gradient,
    Weight weight,
    double least,
    double most,
    double mostAtEnd) {

  /** The input of the largest timestep that a step draws, as a share of all. */
  private static final String MOST = "most-timestep";

  /** Where the gradient goes. */
  public enum GradientPath {
    /** It ends before the denoiser: eq. 3. */
    STOPPED,
    /** It goes through the denoiser: that of eq. 2. */
    THROUGH
  }

  /** How much a timestep counts. */
  public enum Weight {
    /** Alike, in noise. */
    UNIFORM,
    /** noise^2: DreamFusion, section 3.2 ("w(t) = sigma_t^2"). */
    VARIANCE,
    /** noise / signal, with which the gradient of eq. 3 is x less the clean sample predicted. */
    CLEAN;

    double of(ForwardProcess process, int t) {
      return switch (this) {
        case UNIFORM -> 1;
        case VARIANCE -> (double) process.noise()[t] * process.noise()[t];
        case CLEAN -> (double) process.noise()[t] / process.signal()[t];
      };
    }
  }

  public ScoreDistillation {
    if (least >= Math.min(most, mostAtEnd)) {
      throw new RecipeException(
          "timesteps.least is %s, which has to be below most (%s) and most-at-end (%s)"
              .formatted(least, most, mostAtEnd));
    }
  }

  /**
   * Reads {@code gradient, weight} and {@code timesteps}: {@code least, most, most-at-end}.
   *
   * @param forward of the denoiser
   * @param prediction as {@code forward}
   */
  public static ScoreDistillation of(Recipe recipe, ForwardProcess forward, Prediction prediction) {
    return new ScoreDistillation(
        forward,
        prediction,
        recipe.choice("gradient", GradientPath.class),
        recipe.choice("weight", Weight.class),
        recipe.number("timesteps.least", 0, 1),
        recipe.number("timesteps.most", 0, 1),
        recipe.number("timesteps.most-at-end", 0, 1));
  }

  /** Draws timesteps and noise for samples, of at least two dimensions. */
  public Noised noised(TrainingGraph graph, Operand<TFloat32> sample) {
    return new DiffusionLoss(forward, prediction, new Weighting.Simple(), Optional.empty())
        .noised(graph, sample, timesteps(graph));
  }

  private Operand<TInt64> timesteps(TrainingGraph graph) {
    Ops tf = graph.tf();
    Operand<TFloat32> from = tf.constant((float) least);
    Operand<TFloat32> place =
        tf.math.add(from, tf.math.mul(graph.uniform(), tf.math.sub(graph.floats(MOST), from)));
    Operand<TFloat32> last = tf.constant(forward.timesteps() - 1f);
    return tf.dtypes.cast(
        tf.math.minimum(tf.math.mul(place, tf.constant((float) forward.timesteps())), last),
        TInt64.class);
  }

  /**
   * What {@link #noised} is fed with.
   *
   * @param number of the step
   * @param steps in all
   */
  public Map<String, HostTensor> batch(long number, long steps, int rows) {
    double done = steps < 2 ? 0 : Math.min(1, number / (steps - 1.0));
    float[] shares = new float[rows];
    Arrays.fill(shares, (float) (most + (mostAtEnd - most) * done));
    return Map.of(MOST, new HostTensor.Floats(shares, rows));
  }

  /**
   * The mean over all values of what is to be small. Where the gradient is stopped that is 1/2
   * |w(t) (n' - n)|^2, and the gradient of each value of the sample is w(t) (n' - n), divided by
   * how many values there are. Measures {@code error}, the mean of (n' - n)^2.
   *
   * @param answer of the denoiser, guided or not
   */
  public Operand<TFloat32> loss(TrainingGraph graph, Noised noised, Operand<TFloat32> answer) {
    Ops tf = graph.tf();
    Operand<TFloat32> seen = new NoiseOf(forward, prediction).read(tf, noised, answer);
    Operand<TFloat32> error = tf.math.sub(seen, noised.noise());
    graph.measure("error", graph.mean(tf.math.square(error)));
    Operand<TFloat32> weights =
        Tables.look(
            tf,
            t -> weight.of(forward, t),
            forward.timesteps(),
            noised.index(),
            error.shape().numDimensions());
    Operand<TFloat32> weighed = tf.math.mul(weights, error);
    Operand<TFloat32> twice =
        gradient == GradientPath.STOPPED
            ? tf.math.squaredDifference(
                noised.clean(), tf.stopGradient(tf.math.sub(noised.clean(), weighed)))
            : tf.math.mul(weighed, error);
    return tf.math.mul(graph.mean(twice), tf.constant(0.5f));
  }
}
