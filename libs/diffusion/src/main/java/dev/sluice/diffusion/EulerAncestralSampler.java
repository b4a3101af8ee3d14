package dev.sluice.diffusion;

import static dev.sluice.diffusion.PredictionType.EPSILON;
import static dev.sluice.diffusion.PredictionType.V_PREDICTION;

/**
 * Euler's method with ancestral noise: each step overshoots the next noise level and adds fresh
 * noise back up to it, in the proportion of DDPM's posterior (Crowson's k-diffusion, {@code
 * sample_euler_ancestral}). Draws noise at every step, the last one included, where it is
 * multiplied by zero.
 */
final class EulerAncestralSampler extends SigmaSampler {

  EulerAncestralSampler(SchedulerConfig config) {
    super(config, config.scheduleOfSigmas(), config.prediction(EPSILON, V_PREDICTION));
  }

  /** How a step from one noise level to another is divided. */
  record Division(float up, float down) {

    static Division of(float from, float to) {
      float up = FloatMath.sqrt(to * to * (from * from - to * to) / (from * from));
      return new Division(up, FloatMath.sqrt(to * to - up * up));
    }
  }

  @Override
  SamplingPlan planned(SamplingOptions options) {
    Rungs rungs = rungs(options);
    return new Plan(SigmaLadder.of(rungs.timesteps(), rungs.sigmas(), 0));
  }

  private final class Plan extends SigmaPlan {

    Plan(SigmaLadder ladder) {
      super(ladder, EulerAncestralSampler.this.prediction, reachesLastTimestep());
    }

    @Override
    StepResult step(RunMemory memory, ModelOutput output, float[] sample, NoiseSource noise) {
      float from = sigma(memory.index);
      Division division = Division.of(from, sigma(memory.index + 1));
      float[] original = predictOriginal(output.prediction(), sample, from, from);
      float[] next = euler(sample, original, from, division.down() - from);
      FloatMath.addTo(next, division.up(), noise.randn(next.length));
      return new StepResult(next, original);
    }
  }
}
