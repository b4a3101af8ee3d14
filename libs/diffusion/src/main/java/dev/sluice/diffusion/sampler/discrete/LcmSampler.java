package dev.sluice.diffusion.sampler.discrete;

import static dev.sluice.diffusion.prediction.PredictionType.EPSILON;
import static dev.sluice.diffusion.prediction.PredictionType.SAMPLE;
import static dev.sluice.diffusion.prediction.PredictionType.V_PREDICTION;

import dev.sluice.diffusion.config.Clipping;
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
 * Multistep consistency sampling: Luo et al. 2023, "Latent Consistency Models", algorithm 3. Draws
 * noise at every step but the last.
 */
public final class LcmSampler extends TrainedSampler {

  /** The standard deviation of the data that the boundary condition assumes. */
  private static final float SIGMA_DATA = 0.5f;

  private final Clipping clipping;
  private final Distillation distillation;
  private final float timestepScaling;

  public LcmSampler(SchedulerMembers config) {
    super(config, config.schedule(), config.prediction(EPSILON, SAMPLE, V_PREDICTION));
    this.clipping = Clipping.of(config, false);
    this.distillation = new Distillation(config, schedule.trainTimesteps(), false);
    this.timestepScaling = (float) config.real("timestep_scaling", 10);
  }

  @Override
  protected SamplingPlan planned(SamplingOptions options) {
    return new Plan(distillation.timesteps(options));
  }

  private final class Plan extends AlphaBarPlan {

    Plan(double[] timesteps) {
      super(LcmSampler.this.schedule, LcmSampler.this.prediction, timesteps);
    }

    @Override
    protected StepResult step(
        RunMemory memory, ModelOutput output, float[] sample, NoiseSource noise) {
      int t = (int) timestep(memory.index());
      float[] original = predictOriginal(output.prediction(), sample, t);
      clipping.apply(original, memory.batch());

      // Equation 9 with the boundary condition of consistency models, Song et al. 2023, appendix C.
      float scaled = t * timestepScaling;
      float squares = scaled * scaled + SIGMA_DATA * SIGMA_DATA;
      float skip = SIGMA_DATA * SIGMA_DATA / squares;
      float out = scaled / FloatMath.sqrt(squares);
      float[] denoised = FloatMath.combine(out, original, skip, sample);

      if (memory.index() == length() - 1) {
        return new StepResult(denoised, denoised.clone());
      }
      int next = (int) timestep(memory.index() + 1);
      float[] drawn = noise.randn(denoised.length);
      return new StepResult(schedule.qSample(denoised, drawn, next), denoised);
    }
  }
}
