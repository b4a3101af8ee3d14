package dev.sluice.diffusion.sampler.discrete;

import dev.sluice.diffusion.math.FloatMath;
import dev.sluice.diffusion.prediction.NoiseLevel;
import dev.sluice.diffusion.prediction.PredictionType;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.diffusion.sampling.UnusableStepsException;
import dev.sluice.diffusion.schedule.NoiseSchedule;

/** A plan over the training timesteps themselves, with coefficients from alpha-bar. */
abstract class AlphaBarPlan extends SamplingPlan {

  final NoiseSchedule schedule;
  final PredictionType prediction;

  AlphaBarPlan(NoiseSchedule schedule, PredictionType prediction, double[] timesteps) {
    super(timesteps);
    this.schedule = schedule;
    this.prediction = prediction;
    for (double timestep : timesteps) {
      if (timestep < 0 || timestep >= schedule.trainTimesteps()) {
        throw new UnusableStepsException(
            "timestep %.0f is outside the schedule's 0 to %d; check steps and steps_offset"
                .formatted(timestep, schedule.trainTimesteps() - 1));
      }
    }
  }

  @Override
  public final float[] noised(int step, float[] original, float[] noise) {
    return schedule.qSample(original, noise, (int) timestep(step));
  }

  @Override
  public final float[] addNoise(float[] original, float[] noise, float timestep) {
    return schedule.qSample(original, noise, Math.round(timestep));
  }

  @Override
  public final NoiseLevel level(int i) {
    int t = (int) timestep(i);
    return new NoiseLevel(schedule.signal(t), schedule.noise(t), prediction);
  }

  /**
   * x_0 as the network sees it at timestep t, always a new array: DDPM (Ho et al. 2020), equation
   * 15 for epsilon; Salimans and Ho 2022, appendix D, for v.
   */
  final float[] predictOriginal(float[] output, float[] sample, int t) {
    float signal = schedule.signal(t);
    float noise = schedule.noise(t);
    return switch (prediction) {
      case EPSILON -> {
        float[] original = new float[sample.length];
        for (int i = 0; i < original.length; i++) {
          original[i] = (sample[i] - noise * output[i]) / signal;
        }
        yield original;
      }
      case SAMPLE -> output.clone();
      case V_PREDICTION -> FloatMath.combine(signal, sample, -noise, output);
      case FLOW -> throw new IllegalStateException("flow is not a prediction over alpha-bars");
    };
  }

  /** The noise as the network sees it at timestep t. */
  final float[] epsilon(float[] output, float[] sample, int t) {
    return switch (prediction) {
      case SAMPLE -> noiseBeside(output, sample, t);
      case V_PREDICTION -> FloatMath.combine(schedule.signal(t), output, schedule.noise(t), sample);
      default -> output;
    };
  }

  /** The noise in a sample of a known x_0. */
  final float[] noiseBeside(float[] original, float[] sample, int t) {
    float signal = schedule.signal(t);
    float noise = schedule.noise(t);
    float[] epsilon = new float[sample.length];
    for (int i = 0; i < epsilon.length; i++) {
      epsilon[i] = (sample[i] - signal * original[i]) / noise;
    }
    return epsilon;
  }
}
