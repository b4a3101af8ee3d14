package dev.sluice.diffusion.sampler.discrete;

import static dev.sluice.diffusion.prediction.PredictionType.EPSILON;
import static dev.sluice.diffusion.prediction.PredictionType.SAMPLE;
import static dev.sluice.diffusion.prediction.PredictionType.V_PREDICTION;

import dev.sluice.diffusion.config.SchedulerMembers;
import dev.sluice.diffusion.math.FloatMath;
import dev.sluice.diffusion.prediction.ModelOutput;
import dev.sluice.diffusion.random.NoiseSource;
import dev.sluice.diffusion.sampler.TrainedSampler;
import dev.sluice.diffusion.sampling.RunMemory;
import dev.sluice.diffusion.sampling.SamplingOptions;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.diffusion.sampling.StepResult;

/**
 * Strategic stochastic sampling: Zheng et al. 2024, "Trajectory Consistency Distillation",
 * algorithm 4. Each step goes past the next timestep, by the share eta (the paper's gamma) of it,
 * and comes back with noise. Draws noise at every step but the last, if eta is above 0.
 */
public final class TcdSampler extends TrainedSampler {

  private static final double DEFAULT_ETA = 0.3;

  private final Distillation distillation;

  public TcdSampler(SchedulerMembers config) {
    super(config, config.schedule(), config.prediction(EPSILON, SAMPLE, V_PREDICTION));
    this.distillation = new Distillation(config, schedule.trainTimesteps(), true);
  }

  @Override
  protected SamplingPlan planned(SamplingOptions options) {
    return new Plan(distillation.timesteps(options), options.eta().orElse(DEFAULT_ETA));
  }

  private final class Plan extends AlphaBarPlan {

    private final double eta;

    Plan(double[] timesteps, double eta) {
      super(TcdSampler.this.schedule, TcdSampler.this.prediction, timesteps);
      this.eta = eta;
    }

    @Override
    protected StepResult step(
        RunMemory memory, ModelOutput output, float[] sample, NoiseSource noise) {
      int t = (int) timestep(memory.index());
      boolean last = memory.index() == length() - 1;
      int next = last ? 0 : (int) timestep(memory.index() + 1);
      int past = (int) Math.floor((float) (1 - eta) * next);
      float[] original = predictOriginal(output.prediction(), sample, t);
      float[] epsilon = epsilon(output.prediction(), sample, t);
      float[] there =
          FloatMath.combine(schedule.signal(past), original, schedule.noise(past), epsilon);
      if (last || eta == 0) {
        return new StepResult(there, original);
      }
      float kept = schedule.alphaBar(next) / schedule.alphaBar(past);
      float[] drawn = noise.randn(there.length);
      float[] back =
          FloatMath.combine(FloatMath.sqrt(kept), there, FloatMath.sqrt(1 - kept), drawn);
      return new StepResult(back, original);
    }
  }
}
