package dev.sluice.diffusion.sampler.sigma;

import static dev.sluice.diffusion.prediction.PredictionType.EPSILON;
import static dev.sluice.diffusion.prediction.PredictionType.V_PREDICTION;

import dev.sluice.diffusion.config.SchedulerMembers;
import dev.sluice.diffusion.math.FloatMath;
import dev.sluice.diffusion.prediction.NoiseLevel;
import dev.sluice.diffusion.prediction.PredictionType;
import dev.sluice.diffusion.schedule.SigmaLadder;
import java.util.List;

/**
 * The noise levels and the preconditioning of networks trained as in Karras et al. 2022,
 * "Elucidating the Design Space of Diffusion-Based Generative Models", table 1.
 */
public final class EdmSpace {

  private final double sigmaMin;
  private final double sigmaMax;
  private final float sigmaData;
  private final double rho;
  private final boolean exponential;
  private final boolean endsAtZero;

  /** The sign of c_out: an answer is the noise, or the velocity away from it. */
  private final int sign;

  public EdmSpace(SchedulerMembers config) {
    this.sigmaMin = config.real("sigma_min", 0.002);
    this.sigmaMax = config.real("sigma_max", 80);
    this.sigmaData = (float) config.real("sigma_data", 0.5);
    this.rho = config.real("rho", 7);
    this.exponential =
        config
            .choice("sigma_schedule", "karras", List.of("karras", "exponential"))
            .equals("exponential");
    this.endsAtZero =
        config.choice("final_sigmas_type", "zero", List.of("zero", "sigma_min")).equals("zero");
    this.sign = prediction(config) == EPSILON ? 1 : -1;
    if (!(sigmaMin > 0 && sigmaMin < sigmaMax)) {
      throw config.wrong("sigma_min", sigmaMin, "above 0 and below sigma_max, " + sigmaMax);
    }
    if (!(sigmaData > 0)) {
      throw config.wrong("sigma_data", sigmaData, "above 0");
    }
    if (!(rho > 0)) {
      throw config.wrong("rho", rho, "above 0");
    }
  }

  public static PredictionType prediction(SchedulerMembers config) {
    return config.prediction(EPSILON, V_PREDICTION);
  }

  public boolean endsAtZero() {
    return endsAtZero;
  }

  /** The highest noise level and the data's: what the noise to start from must have. */
  public float initNoiseSigma() {
    return (float) Math.sqrt(sigmaMax * sigmaMax + 1);
  }

  /** Equation 5, or evenly spaced logarithms. */
  public SigmaLadder ladder(int steps) {
    double[] sigmas = new double[steps];
    float[] ramp =
        exponential
            ? FloatMath.linspace(Math.log(sigmaMin), Math.log(sigmaMax), steps)
            : FloatMath.linspace(0, 1, steps);
    double from = Math.pow(sigmaMax, 1 / rho);
    double to = Math.pow(sigmaMin, 1 / rho);
    double[] timesteps = new double[steps];
    for (int i = 0; i < steps; i++) {
      sigmas[i] =
          exponential
              ? FloatMath.exp(ramp[steps - 1 - i])
              : (float) Math.pow((float) from + ramp[i] * (float) (to - from), rho);
      timesteps[i] = 0.25f * FloatMath.log((float) sigmas[i]);
    }
    return SigmaLadder.of(timesteps, sigmas, endsAtZero ? 0 : (float) sigmaMin);
  }

  /** c_in x. */
  public float[] scaled(float[] sample, float sigma) {
    float scale = 1 / FloatMath.sqrt(sigma * sigma + sigmaData * sigmaData);
    float[] scaled = new float[sample.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = sample[i] * scale;
    }
    return scaled;
  }

  /** Equation 7: c_skip x + c_out F. */
  public float[] original(float[] output, float[] sample, float sigma) {
    float squares = sigma * sigma + sigmaData * sigmaData;
    float skip = sigmaData * sigmaData / squares;
    float out = sign * sigma * sigmaData / FloatMath.sqrt(squares);
    return FloatMath.combine(skip, sample, out, output);
  }

  /** Guides of other networks do not know samples of this space. */
  public static NoiseLevel noLevel() {
    throw new IllegalArgumentException(
        "a network of EDM's preconditioning cannot be steered by a classifier or CLIP; leave it out");
  }
}
