package dev.sluice.trainer.diffusion;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The noise that answers of any prediction stand for, for those who read noise alone. */
public final class NoiseOf {

  private final ForwardProcess process;
  private final float[] ofAnswer;
  private final float[] ofSample;

  /** Of answers that mean this. */
  public NoiseOf(ForwardProcess process, Prediction prediction) {
    this.process = process;
    this.ofAnswer = new float[process.timesteps()];
    this.ofSample = new float[process.timesteps()];
    for (int t = 0; t < process.timesteps(); t++) {
      // answer = a x_0 + b n and sample = signal x_0 + noise n, solved for n.
      double a = prediction.ofSample(process, t);
      double determinant = process.signal()[t] * prediction.perNoise(process, t);
      ofAnswer[t] = (float) (process.signal()[t] / determinant);
      ofSample[t] = (float) (-a / determinant);
    }
  }

  /**
   * The noise.
   *
   * @param answer of the network, as long as the sample
   * @param sample that it was asked of
   */
  public float[] read(float[] answer, float[] sample, int timestep) {
    if (timestep < 0 || timestep >= process.timesteps()) {
      throw new IllegalArgumentException(
          "timestep %d is none of %d".formatted(timestep, process.timesteps()));
    }
    float[] noise = new float[answer.length];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = ofAnswer[timestep] * answer[i] + ofSample[timestep] * sample[i];
    }
    return noise;
  }

  /**
   * The same in a graph, of rows that each have a timestep of their own.
   *
   * @param answer of the network, in the shape of the noised sample
   */
  Operand<TFloat32> read(Ops tf, Noised noised, Operand<TFloat32> answer) {
    return tf.math.add(
        tf.math.mul(look(tf, ofAnswer, noised), answer),
        tf.math.mul(look(tf, ofSample, noised), noised.sample()));
  }

  private static Operand<TFloat32> look(Ops tf, float[] table, Noised noised) {
    return Tables.look(
        tf, t -> table[t], table.length, noised.index(), noised.sample().shape().numDimensions());
  }
}
