package dev.sluice.diffusion.sampler.discrete;

import static dev.sluice.diffusion.prediction.PredictionType.EPSILON;
import static dev.sluice.diffusion.prediction.PredictionType.SAMPLE;

import dev.sluice.diffusion.config.Clipping;
import dev.sluice.diffusion.config.SchedulerMembers;
import dev.sluice.diffusion.math.FloatMath;
import dev.sluice.diffusion.prediction.LearnedRange;
import dev.sluice.diffusion.prediction.ModelOutput;
import dev.sluice.diffusion.prediction.VarianceType;
import dev.sluice.diffusion.random.NoiseSource;
import dev.sluice.diffusion.sampler.TrainedSampler;
import dev.sluice.diffusion.sampling.RunMemory;
import dev.sluice.diffusion.sampling.SamplingOptions;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.diffusion.sampling.StepResult;
import dev.sluice.diffusion.schedule.BetaSchedule;
import dev.sluice.diffusion.schedule.NoiseSchedule;
import java.util.List;

/**
 * The ancestral sampler of unCLIP (Ramesh et al. 2022, "Hierarchical Text-Conditional Image
 * Generation with CLIP Latents") as Karlo and Kandinsky use it: DDPM's posterior between the
 * timesteps of a respaced schedule that includes the first and the last, over the cosine schedule.
 * Draws noise at every step but the one at timestep 0.
 */
public final class UnClipSampler extends TrainedSampler {

  private static final float SMALLEST_VARIANCE = 1e-20f;

  private final VarianceType variance;
  private final Clipping clipping;

  public UnClipSampler(SchedulerMembers config) {
    super(config, cosine(config), config.prediction(EPSILON, SAMPLE));
    this.variance =
        config.variance(
            VarianceType.FIXED_SMALL_LOG, VarianceType.FIXED_SMALL_LOG, VarianceType.LEARNED_RANGE);
    this.clipping = Clipping.of(config, true);
  }

  /** The only schedule that unCLIP's scheduler has, whatever its config says. */
  private static NoiseSchedule cosine(SchedulerMembers config) {
    String cosine = BetaSchedule.SQUARED_COS_CAP_V2.configName();
    config.choice("beta_schedule", cosine, List.of(cosine));
    return NoiseSchedule.of(
        BetaSchedule.SQUARED_COS_CAP_V2, config.integer("num_train_timesteps", 1000), 0, 0);
  }

  @Override
  protected SamplingPlan planned(SamplingOptions options) {
    int steps = options.steps();
    if (steps < 2) {
      throw new IllegalArgumentException(name() + " needs 2 or more steps, found " + steps);
    }
    double ratio = (schedule.trainTimesteps() - 1) / (double) (steps - 1);
    double[] timesteps = new double[steps];
    for (int i = 0; i < steps; i++) {
      timesteps[i] = Math.rint((steps - 1 - i) * ratio);
    }
    return new Plan(timesteps);
  }

  private final class Plan extends AlphaBarPlan {

    Plan(double[] timesteps) {
      super(UnClipSampler.this.schedule, UnClipSampler.this.prediction, timesteps);
    }

    @Override
    protected StepResult step(
        RunMemory memory, ModelOutput output, float[] sample, NoiseSource noise) {
      int t = (int) timestep(memory.index());
      int previous = memory.index() + 1 < length() ? (int) timestep(memory.index() + 1) : t - 1;
      float alphaBar = schedule.alphaBar(t);
      float previousAlphaBar = previous >= 0 ? schedule.alphaBar(previous) : 1;
      float betaBar = 1 - alphaBar;
      float previousBetaBar = 1 - previousAlphaBar;
      boolean adjacent = previous == t - 1;
      float beta = adjacent ? schedule.beta(t) : 1 - alphaBar / previousAlphaBar;
      float alpha = 1 - beta;

      float[] original = predictOriginal(output.prediction(), sample, t);
      clipping.apply(original, memory.batch());

      // DDPM, equation 7.
      float originalCoefficient = FloatMath.sqrt(previousAlphaBar) * beta / betaBar;
      float sampleCoefficient = FloatMath.sqrt(alpha) * previousBetaBar / betaBar;
      float[] mean = FloatMath.combine(originalCoefficient, original, sampleCoefficient, sample);

      if (t > 0) {
        float posterior = previousBetaBar / betaBar * beta;
        float[] drawn = noise.randn(mean.length);
        if (variance == VarianceType.LEARNED_RANGE) {
          LearnedRange.addNoise(
              mean,
              FloatMath.log(posterior),
              FloatMath.log(beta),
              LearnedRange.required(output.variance(), name(), variance),
              drawn);
        } else {
          float log = FloatMath.log(Math.max(posterior, SMALLEST_VARIANCE));
          FloatMath.addTo(mean, FloatMath.exp(0.5f * log), drawn);
        }
      }
      return new StepResult(mean, original);
    }
  }
}
