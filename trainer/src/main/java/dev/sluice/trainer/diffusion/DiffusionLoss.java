package dev.sluice.trainer.diffusion;

import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.train.TrainingGraph;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * The weighted squared error of a network's answer, and with a variance of its own that much of the
 * bound: L = mean w_t |target - answer|^2 [+ lambda L_vlb].
 *
 * @param variance of networks that give twice the channels
 */
public record DiffusionLoss(
    ForwardProcess process,
    Prediction prediction,
    Weighting weighting,
    Optional<LearnedVariance> variance) {

  /**
   * Reads {@code process}, {@code prediction}, {@code weighting} and {@code variance-weight}, 0 for
   * networks without a variance.
   */
  public static DiffusionLoss of(Recipe recipe) {
    ForwardProcess process = ForwardProcess.of(recipe.at("process"));
    Prediction prediction = recipe.choice("prediction", Prediction.class);
    double variance = recipe.number("variance-weight", 0, 1e3);
    return new DiffusionLoss(
        process,
        prediction,
        Weighting.of(recipe.at("weighting")),
        variance == 0
            ? Optional.empty()
            : Optional.of(new LearnedVariance(process, prediction, variance)));
  }

  /** Draws timesteps and noise for clean samples, of at least two dimensions. */
  public Noised noised(TrainingGraph graph, Operand<TFloat32> clean) {
    return noised(graph, clean, timesteps(graph));
  }

  /**
   * Draws noise alone.
   *
   * @param index of the timesteps, {@code [rows]}
   */
  public Noised noised(TrainingGraph graph, Operand<TFloat32> clean, Operand<TInt64> index) {
    Ops tf = graph.tf();
    Operand<TFloat32> noise = graph.noiseLike(clean);
    int rank = clean.shape().numDimensions();
    return new Noised(
        tf.math.add(
            tf.math.mul(clean, look(tf, process.signal(), index, rank)),
            tf.math.mul(noise, look(tf, process.noise(), index, rank))),
        look(tf, process.told(), index, 1),
        index,
        clean,
        noise);
  }

  /** The clean sample that an answer stands for, the noised one being what it is. */
  public Operand<TFloat32> clean(Ops tf, Noised noised, Operand<TFloat32> answer) {
    // answer = a x_0 + b n and sample = signal x_0 + noise n, solved for x_0.
    int rank = answer.shape().numDimensions();
    Operand<TFloat32> ofSample =
        Tables.look(
            tf,
            t -> prediction.ofNoise(process, t) / determinant(t),
            process.timesteps(),
            noised.index(),
            rank);
    Operand<TFloat32> ofAnswer =
        Tables.look(
            tf,
            t -> -process.noise()[t] / determinant(t),
            process.timesteps(),
            noised.index(),
            rank);
    return tf.math.add(tf.math.mul(noised.sample(), ofSample), tf.math.mul(answer, ofAnswer));
  }

  private double determinant(int t) {
    return process.signal()[t] * prediction.perNoise(process, t);
  }

  /** How much of the clean sample is left in each row's noised one, to be multiplied with it. */
  public Operand<TFloat32> signal(Ops tf, Noised noised) {
    return look(tf, process.signal(), noised.index(), noised.clean().shape().numDimensions());
  }

  private Operand<TInt64> timesteps(TrainingGraph graph) {
    if (process.density().isEmpty()) {
      return graph.integers(process.timesteps());
    }
    Ops tf = graph.tf();
    ForwardProcess.LogitNormal density = process.density().get();
    Operand<TFloat32> place =
        tf.math.sigmoid(
            tf.math.add(
                tf.math.mul(graph.noise(), tf.constant((float) density.scale())),
                tf.constant((float) density.location())));
    // A sigmoid can round to 1, which is after the last.
    Operand<TFloat32> scaled =
        tf.math.minimum(
            tf.math.mul(place, tf.constant((float) process.timesteps())),
            tf.constant(process.timesteps() - 1f));
    return tf.dtypes.cast(scaled, TInt64.class);
  }

  /**
   * The loss of an answer.
   *
   * @param answer in the shape of the clean sample; twice its channels, of pictures, with a
   *     variance
   * @return a scalar
   */
  public Operand<TFloat32> of(TrainingGraph graph, Noised noised, Operand<TFloat32> answer) {
    if (variance.isEmpty()) {
      return graph.mean(weighted(graph, noised, answer));
    }
    Ops tf = graph.tf();
    int half = (int) (answer.shape().size(1) / 2);
    Operand<TFloat32> predicted = channels(tf, answer, 0, half);
    Operand<TFloat32> share = channels(tf, answer, half, half);
    return tf.math.add(
        graph.mean(weighted(graph, noised, predicted)),
        variance.get().loss(graph, noised, predicted, share));
  }

  /**
   * The same of a network that always has channels for a variance, as {@code IFPipeline} wants
   * them: without one to learn they are left alone, at zero, the middle of its range.
   */
  public Operand<TFloat32> ofColors(TrainingGraph graph, Noised noised, Operand<TFloat32> answer) {
    int colors = (int) (answer.shape().size(1) / 2);
    return of(graph, noised, variance.isEmpty() ? channels(graph.tf(), answer, 0, colors) : answer);
  }

  private Operand<TFloat32> weighted(
      TrainingGraph graph, Noised noised, Operand<TFloat32> predicted) {
    Ops tf = graph.tf();
    Operand<TFloat32> error = tf.math.squaredDifference(predicted, target(tf, noised));
    if (weighting instanceof Weighting.Simple) {
      return error;
    }
    return tf.math.mul(
        error,
        Tables.look(
            tf,
            t -> weighting.of(process, prediction, t),
            process.timesteps(),
            noised.index(),
            error.shape().numDimensions()));
  }

  /** What the network shall say. */
  Operand<TFloat32> target(Ops tf, Noised noised) {
    if (prediction == Prediction.NOISE) {
      return noised.noise();
    }
    if (prediction == Prediction.SAMPLE) {
      return noised.clean();
    }
    int rank = noised.clean().shape().numDimensions();
    return tf.math.add(
        tf.math.mul(
            noised.clean(),
            Tables.look(
                tf,
                t -> prediction.ofSample(process, t),
                process.timesteps(),
                noised.index(),
                rank)),
        tf.math.mul(
            noised.noise(),
            Tables.look(
                tf,
                t -> prediction.ofNoise(process, t),
                process.timesteps(),
                noised.index(),
                rank)));
  }

  private Operand<TFloat32> look(Ops tf, float[] table, Operand<TInt64> index, int rank) {
    return Tables.look(tf, t -> table[t], process.timesteps(), index, rank);
  }

  private static Operand<TFloat32> channels(Ops tf, Operand<TFloat32> x, int first, int count) {
    return tf.slice(
        x, tf.constant(new int[] {0, first, 0, 0}), tf.constant(new int[] {-1, count, -1, -1}));
  }
}
