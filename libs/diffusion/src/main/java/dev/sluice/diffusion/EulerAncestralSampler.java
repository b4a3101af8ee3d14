package dev.sluice.diffusion;

import static dev.sluice.diffusion.PredictionType.EPSILON;
import static dev.sluice.diffusion.PredictionType.V_PREDICTION;

/**
 * Euler's method with ancestral noise: each step overshoots the next noise level and adds fresh
 * noise back up to it, in the proportion of DDPM's posterior (Crowson's k-diffusion, {@code
 * sample_euler_ancestral}). Draws noise at every step, the last one included, where it is
 * multiplied by zero.
 */
final class EulerAncestralSampler extends TrainedSampler {

  private final TimestepSpacing spacing;
  private final int stepsOffset;

  EulerAncestralSampler(SchedulerConfig config) {
    super(config, config.scheduleOfSigmas(), config.prediction(EPSILON, V_PREDICTION));
    this.spacing = config.spacing(TimestepSpacing.LINSPACE);
    this.stepsOffset = config.integer("steps_offset", 0);
  }

  @Override
  SamplingPlan planned(SamplingOptions options) {
    int steps = options.steps();
    double[] timesteps =
        EulerSampler.spaced(spacing, schedule.trainTimesteps(), steps, stepsOffset);
    double[] sigmas = SigmaLadder.interpolated(timesteps, schedule.sigmas());
    return new Plan(SigmaLadder.of(timesteps, sigmas, 0));
  }

  private final class Plan extends SigmaPlan {

    Plan(SigmaLadder ladder) {
      super(ladder, EulerAncestralSampler.this.prediction, spacing != TimestepSpacing.LEADING);
    }

    @Override
    StepResult step(RunMemory memory, ModelOutput output, float[] sample, NoiseSource noise) {
      float from = sigma(memory.index);
      float to = sigma(memory.index + 1);
      float up = FloatMath.sqrt(to * to * (from * from - to * to) / (from * from));
      float down = FloatMath.sqrt(to * to - up * up);
      float[] original = predictOriginal(output.prediction(), sample, from, from);
      float[] next = euler(sample, original, from, down - from);
      FloatMath.addTo(next, up, noise.randn(next.length));
      return new StepResult(next, original);
    }
  }
}
