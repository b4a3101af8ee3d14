package dev.sluice.trainer.diffusion;

import dev.sluice.diffusion.schedule.NoiseSchedule;
import dev.sluice.trainer.train.TrainingGraph;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A variance that the network learns by the bound: Improved DDPM (Nichol and Dhariwal 2021),
 * section 3.1. Where between beta-tilde and beta its logarithm lies is the second half of an
 * answer, from -1 to 1 (eq. 15); the mean is held still in this part (eq. 16 and the text after
 * it).
 *
 * @param weight lambda of eq. 16, for a bound that is a sum over timesteps; 0.001 in the paper
 */
public record LearnedVariance(ForwardProcess process, Prediction prediction, double weight) {

  /** Half the distance of two levels of a picture of 256 in [-1, 1]. */
  private static final float HALF_LEVEL = 1 / 255f;

  private static final float LEAST_LIKELIHOOD = 1e-12f;

  /**
   * lambda L_vlb, in bits for each value.
   *
   * @param predicted as {@link Prediction} says
   * @param share in the shape of {@code predicted}
   */
  Operand<TFloat32> loss(
      TrainingGraph graph, Noised noised, Operand<TFloat32> predicted, Operand<TFloat32> share) {
    Ops tf = graph.tf();
    Tabled at = new Tabled(tf, noised);
    NoiseSchedule schedule = process.requireBetas("a learned variance");
    Posterior posterior = Posterior.of(schedule);
    Operand<TFloat32> least = at.look(t -> logVariance(posterior, t));
    Operand<TFloat32> most = at.look(t -> Math.log(schedule.beta(t)));
    Operand<TFloat32> place = tf.math.mul(tf.math.add(share, tf.constant(1f)), tf.constant(0.5f));
    Operand<TFloat32> logVariance =
        tf.math.add(least, tf.math.mul(place, tf.math.sub(most, least)));

    Operand<TFloat32> guessed = original(tf, at, noised, tf.stopGradient(predicted));
    Operand<TFloat32> mean = mean(tf, at, posterior, guessed, noised.sample());
    Operand<TFloat32> right = mean(tf, at, posterior, noised.clean(), noised.sample());
    Operand<TFloat32> distance = divergence(tf, right, least, mean, logVariance);
    Operand<TFloat32> unlikely = surprise(tf, noised.clean(), mean, logVariance);
    Operand<TFloat32> first = at.look(t -> t == 0 ? 1 : 0);
    Operand<TFloat32> term =
        tf.math.add(
            tf.math.mul(first, unlikely),
            tf.math.mul(tf.math.sub(tf.constant(1f), first), distance));
    double bits = weight * process.timesteps() / Math.log(2);
    return tf.math.mul(graph.mean(term), tf.constant((float) bits));
  }

  /** Of beta-tilde, which is 0 at the first timestep: there it is the second's, as in the paper. */
  private static double logVariance(Posterior posterior, int t) {
    return Math.log(posterior.variance()[Math.max(1, t)]);
  }

  private Operand<TFloat32> original(
      Ops tf, Tabled at, Noised noised, Operand<TFloat32> predicted) {
    // Two equations in x_0 and n: the noised sample, and what the answer stands for.
    Operand<TFloat32> ofNoised = at.look(t -> prediction.ofNoise(process, t) / determinant(t));
    Operand<TFloat32> ofAnswer = at.look(t -> -process.noise()[t] / determinant(t));
    return tf.math.add(tf.math.mul(ofNoised, noised.sample()), tf.math.mul(ofAnswer, predicted));
  }

  private double determinant(int t) {
    return process.signal()[t] * prediction.perNoise(process, t);
  }

  private static Operand<TFloat32> mean(
      Ops tf, Tabled at, Posterior posterior, Operand<TFloat32> clean, Operand<TFloat32> sample) {
    return tf.math.add(
        tf.math.mul(at.look(t -> posterior.ofSample()[t]), clean),
        tf.math.mul(at.look(t -> posterior.ofNoised()[t]), sample));
  }

  /** KL of two normal distributions, in nats. */
  static Operand<TFloat32> divergence(
      Ops tf,
      Operand<TFloat32> mean1,
      Operand<TFloat32> logVariance1,
      Operand<TFloat32> mean2,
      Operand<TFloat32> logVariance2) {
    Operand<TFloat32> spread =
        tf.math.add(
            tf.math.sub(logVariance2, logVariance1),
            tf.math.exp(tf.math.sub(logVariance1, logVariance2)));
    Operand<TFloat32> apart =
        tf.math.mul(
            tf.math.squaredDifference(mean1, mean2), tf.math.exp(tf.math.neg(logVariance2)));
    return tf.math.mul(tf.constant(0.5f), tf.math.add(tf.math.sub(spread, tf.constant(1f)), apart));
  }

  /** DDPM (Ho et al. 2020), eq. 13: minus the logarithm of the probability of a picture's level. */
  static Operand<TFloat32> surprise(
      Ops tf, Operand<TFloat32> clean, Operand<TFloat32> mean, Operand<TFloat32> logVariance) {
    Operand<TFloat32> inverse = tf.math.exp(tf.math.mul(logVariance, tf.constant(-0.5f)));
    Operand<TFloat32> centred = tf.math.sub(clean, mean);
    Operand<TFloat32> upper =
        cumulative(tf, tf.math.mul(inverse, tf.math.add(centred, tf.constant(HALF_LEVEL))));
    Operand<TFloat32> lower =
        cumulative(tf, tf.math.mul(inverse, tf.math.sub(centred, tf.constant(HALF_LEVEL))));
    // Beyond black and white there is nothing: the outermost levels have all that lies there.
    Operand<TFloat32> black = mark(tf, tf.math.lessEqual(clean, tf.constant(-0.999f)));
    Operand<TFloat32> white = mark(tf, tf.math.greaterEqual(clean, tf.constant(0.999f)));
    Operand<TFloat32> to =
        tf.math.add(upper, tf.math.mul(white, tf.math.sub(tf.constant(1f), upper)));
    Operand<TFloat32> from = tf.math.mul(tf.math.sub(tf.constant(1f), black), lower);
    return tf.math.neg(
        tf.math.log(tf.math.maximum(tf.math.sub(to, from), tf.constant(LEAST_LIKELIHOOD))));
  }

  private static Operand<TFloat32> mark(Ops tf, Operand<org.tensorflow.types.TBool> truth) {
    return tf.dtypes.cast(truth, TFloat32.class);
  }

  private static Operand<TFloat32> cumulative(Ops tf, Operand<TFloat32> x) {
    Operand<TFloat32> half = tf.constant(0.5f);
    return tf.math.mul(
        half,
        tf.math.add(
            tf.constant(1f), tf.math.erf(tf.math.mul(x, tf.constant((float) Math.sqrt(0.5))))));
  }

  /** Numbers of each row's timestep, beside pictures. */
  private final class Tabled {
    private final Ops tf;
    private final Noised noised;

    Tabled(Ops tf, Noised noised) {
      this.tf = tf;
      this.noised = noised;
    }

    Operand<TFloat32> look(java.util.function.IntToDoubleFunction table) {
      return Tables.look(
          tf, table, process.timesteps(), noised.index(), noised.clean().shape().numDimensions());
    }
  }
}
