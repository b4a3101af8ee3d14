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
import dev.sluice.diffusion.schedule.TimestepSpacing;

/**
 * Song et al. 2021, "Denoising Diffusion Implicit Models", equation 12. Draws noise at every step
 * if eta is above 0, else never.
 */
public final class DdimSampler extends TrainedSampler {

  private final Clipping clipping;
  private final TimestepSpacing spacing;
  private final int stepsOffset;

  /** alpha-bar of what comes after timestep 0. */
  private final float finalAlphaBar;

  public DdimSampler(SchedulerMembers config) {
    super(config, config.schedule(), config.prediction(EPSILON, SAMPLE, V_PREDICTION));
    this.clipping = Clipping.of(config, true);
    this.spacing = config.spacing(TimestepSpacing.LEADING);
    this.stepsOffset = config.integer("steps_offset", 0);
    this.finalAlphaBar = config.flag("set_alpha_to_one", true) ? 1 : schedule.alphaBar(0);
  }

  @Override
  protected SamplingPlan planned(SamplingOptions options) {
    int steps = options.steps();
    return new Plan(
        spacing.timesteps(schedule.trainTimesteps(), steps, stepsOffset),
        schedule.trainTimesteps() / steps,
        (float) options.eta().orElse(0),
        options.hasClippedNoise());
  }

  private final class Plan extends AlphaBarPlan {

    private final int stride;
    private final float eta;
    private final boolean clippedNoise;

    Plan(double[] timesteps, int stride, float eta, boolean clippedNoise) {
      super(DdimSampler.this.schedule, DdimSampler.this.prediction, timesteps);
      this.stride = stride;
      this.eta = eta;
      this.clippedNoise = clippedNoise;
    }

    @Override
    protected StepResult step(
        RunMemory memory, ModelOutput output, float[] sample, NoiseSource noise) {
      int t = (int) timestep(memory.index());
      int previous = t - stride;
      float alphaBar = schedule.alphaBar(t);
      float previousAlphaBar = previous >= 0 ? schedule.alphaBar(previous) : finalAlphaBar;

      float[] original = predictOriginal(output.prediction(), sample, t);
      // From before x_0 was clipped, as the paper's code has it, if nothing else is asked.
      float[] epsilon = epsilon(output.prediction(), sample, t);
      clipping.apply(original, memory.batch());
      if (clippedNoise) {
        epsilon = noiseBeside(original, sample, t);
      }

      // Equation 16: sigma of the generative process.
      float posterior = (1 - previousAlphaBar) / (1 - alphaBar) * (1 - alphaBar / previousAlphaBar);
      float sigma = eta == 0 ? 0 : eta * FloatMath.sqrt(posterior);

      // Equation 12: "predicted x_0", "direction pointing to x_t" and "random noise".
      float direction = FloatMath.sqrt(1 - previousAlphaBar - sigma * sigma);
      float[] next =
          FloatMath.combine(FloatMath.sqrt(previousAlphaBar), original, direction, epsilon);
      if (eta > 0) {
        FloatMath.addTo(next, sigma, noise.randn(next.length));
      }
      return new StepResult(next, original);
    }
  }
}
