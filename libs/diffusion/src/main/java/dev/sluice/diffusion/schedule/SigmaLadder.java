package dev.sluice.diffusion.schedule;

import dev.sluice.diffusion.math.FloatMath;
import java.util.Arrays;

/**
 * Descending noise levels and the timesteps that belong to them, for samplers that follow the
 * probability flow in sigma: Karras et al. 2022, "Elucidating the Design Space of Diffusion-Based
 * Generative Models".
 *
 * @param timesteps what the network is told at each step
 * @param sigmas the noise level at each step, and one more: the result's
 */
public record SigmaLadder(double[] timesteps, float[] sigmas) {

  /** How strongly Karras' levels crowd towards low noise: section 5 of the paper. */
  private static final double RHO = 7;

  public static SigmaLadder of(double[] timesteps, double[] sigmas, float last) {
    float[] levels = new float[sigmas.length + 1];
    for (int i = 0; i < sigmas.length; i++) {
      levels[i] = (float) sigmas[i];
    }
    levels[sigmas.length] = last;
    return new SigmaLadder(timesteps, levels);
  }

  /** The schedule's noise levels at (fractional) timesteps, linearly between whole ones. */
  public static double[] interpolated(double[] timesteps, float[] trained) {
    double[] sigmas = new double[timesteps.length];
    for (int i = 0; i < sigmas.length; i++) {
      double t = Math.max(0, Math.min(trained.length - 1, timesteps[i]));
      int below = Math.min((int) t, trained.length - 1);
      int above = Math.min(below + 1, trained.length - 1);
      double slope = (double) trained[above] - trained[below];
      sigmas[i] = slope * (t - below) + trained[below];
    }
    return sigmas;
  }

  /** Karras et al. 2022, equation 5. */
  public static double[] karras(double highest, double lowest, int steps) {
    double from = Math.pow(highest, 1 / RHO);
    double to = Math.pow(lowest, 1 / RHO);
    return Arrays.stream(TimestepSpacing.linspace(0, 1, steps))
        .map(ramp -> Math.pow(from + ramp * (to - from), RHO))
        .toArray();
  }

  /** Evenly spaced logarithms. */
  public static double[] exponential(double highest, double lowest, int steps) {
    float[] logs = FloatMath.linspace(Math.log(highest), Math.log(lowest), steps);
    double[] sigmas = new double[steps];
    for (int i = 0; i < steps; i++) {
      sigmas[i] = FloatMath.exp(logs[i]);
    }
    return sigmas;
  }

  /** The fractional timesteps whose noise levels, logarithmically between whole ones, are given. */
  public static double[] timestepsOf(double[] sigmas, float[] trained) {
    float[] logs = new float[trained.length];
    for (int t = 0; t < logs.length; t++) {
      logs[t] = FloatMath.log(trained[t]);
    }
    double[] timesteps = new double[sigmas.length];
    for (int i = 0; i < sigmas.length; i++) {
      float log = (float) Math.log(Math.max(sigmas[i], 1e-10));
      // The last one below, not the first one above: schedules of zero terminal SNR rise and fall.
      int below = 0;
      for (int t = 0; t < logs.length; t++) {
        below = logs[t] <= log ? t : below;
      }
      below = Math.min(below, logs.length - 2);
      float weight = (logs[below] - log) / (logs[below] - logs[below + 1]);
      weight = Math.max(0, Math.min(1, weight));
      timesteps[i] = (double) (1 - weight) * below + (double) weight * (below + 1);
    }
    return timesteps;
  }

  /**
   * Each level between the first and the last twice, for methods that ask at both ends of a step.
   */
  public SigmaLadder withInnerRungsTwice() {
    double[] told = new double[2 * timesteps.length - 1];
    float[] levels = new float[2 * sigmas.length - 2];
    for (int i = 0; i < told.length; i++) {
      told[i] = timesteps[(i + 1) / 2];
    }
    for (int i = 0; i < levels.length; i++) {
      levels[i] = sigmas[(i + 1) / 2];
    }
    return new SigmaLadder(told, levels);
  }

  public float highest() {
    float highest = 0;
    for (float sigma : sigmas) {
      highest = Math.max(highest, sigma);
    }
    return highest;
  }
}
