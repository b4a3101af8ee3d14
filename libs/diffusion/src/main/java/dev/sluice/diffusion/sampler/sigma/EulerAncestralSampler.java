package dev.sluice.diffusion.sampler.sigma;

import static dev.sluice.diffusion.prediction.PredictionType.EPSILON;
import static dev.sluice.diffusion.prediction.PredictionType.V_PREDICTION;

import dev.sluice.diffusion.config.SchedulerMembers;
import dev.sluice.diffusion.math.FloatMath;
import dev.sluice.diffusion.prediction.ModelOutput;
import dev.sluice.diffusion.random.NoiseSource;
import dev.sluice.diffusion.sampling.RunMemory;
import dev.sluice.diffusion.sampling.SamplingOptions;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.diffusion.sampling.StepResult;
import dev.sluice.diffusion.schedule.SigmaLadder;

/**
 * Euler's method with ancestral noise: each step overshoots the next noise level and adds fresh
 * noise back up to it, in the proportion of DDPM's posterior (Crowson's k-diffusion, {@code
 * sample_euler_ancestral}). Draws noise at every step, the last one included, where it is
 * multiplied by zero.
 */
public final class EulerAncestralSampler extends SigmaSampler {

  public EulerAncestralSampler(SchedulerMembers config) {
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
  protected SamplingPlan planned(SamplingOptions options) {
    Rungs rungs = rungs(options);
    return new Plan(SigmaLadder.of(rungs.timesteps(), rungs.sigmas(), 0));
  }

  private final class Plan extends SigmaPlan {

    Plan(SigmaLadder ladder) {
      super(ladder, EulerAncestralSampler.this.prediction, reachesLastTimestep());
    }

    @Override
    protected StepResult step(
        RunMemory memory, ModelOutput output, float[] sample, NoiseSource noise) {
      float from = sigma(memory.index());
      Division division = Division.of(from, sigma(memory.index() + 1));
      float[] original = predictOriginal(output.prediction(), sample, from, from);
      float[] next = euler(sample, original, from, division.down() - from);
      FloatMath.addTo(next, division.up(), noise.randn(next.length));
      return new StepResult(next, original);
    }
  }
}
