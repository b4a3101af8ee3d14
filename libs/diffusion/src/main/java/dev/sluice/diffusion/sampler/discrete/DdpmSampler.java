package dev.sluice.diffusion.sampler.discrete;

import static dev.sluice.diffusion.prediction.PredictionType.EPSILON;
import static dev.sluice.diffusion.prediction.PredictionType.SAMPLE;
import static dev.sluice.diffusion.prediction.PredictionType.V_PREDICTION;

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
import dev.sluice.diffusion.schedule.TimestepSpacing;

/**
 * Ancestral sampling: Ho et al. 2020, "Denoising Diffusion Probabilistic Models", algorithm 2, with
 * the learned variances of Nichol and Dhariwal 2021 and the dynamic thresholding of Imagen. Draws
 * noise at every step but the one at timestep 0.
 */
public final class DdpmSampler extends TrainedSampler {

  private static final float SMALLEST_VARIANCE = 1e-20f;

  private final VarianceType variance;
  private final Clipping clipping;
  private final TimestepSpacing spacing;
  private final int stepsOffset;

  public DdpmSampler(SchedulerMembers config) {
    super(config, config.schedule(), config.prediction(EPSILON, SAMPLE, V_PREDICTION));
    this.variance = config.variance(VarianceType.FIXED_SMALL, VarianceType.values());
    this.clipping = Clipping.of(config, true);
    this.spacing = config.spacing(TimestepSpacing.LEADING);
    this.stepsOffset = config.integer("steps_offset", 0);
  }

  @Override
  protected SamplingPlan planned(SamplingOptions options) {
    if (options.hasTimesteps()) {
      return new Plan(options.timesteps(), 0);
    }
    int steps = options.steps();
    int stride = schedule.trainTimesteps() / steps;
    return new Plan(spacing.timesteps(schedule.trainTimesteps(), steps, stepsOffset), stride);
  }

  private final class Plan extends AlphaBarPlan {

    /** The distance to the previous timestep; 0 where the list of timesteps says it. */
    private final int stride;

    Plan(double[] timesteps, int stride) {
      super(DdpmSampler.this.schedule, DdpmSampler.this.prediction, timesteps);
      this.stride = stride;
    }

    @Override
    protected StepResult step(
        RunMemory memory, ModelOutput output, float[] sample, NoiseSource noise) {
      int t = (int) timestep(memory.index());
      int previous = previous(memory.index());
      float alphaBar = schedule.alphaBar(t);
      float previousAlphaBar = previous >= 0 ? schedule.alphaBar(previous) : 1;
      float betaBar = 1 - alphaBar;
      float previousBetaBar = 1 - previousAlphaBar;
      float alpha = alphaBar / previousAlphaBar;
      float beta = 1 - alpha;

      float[] original = predictOriginal(output.prediction(), sample, t);
      clipping.apply(original, memory.batch());

      // Equation 7: the mean of q(x_{t-1} | x_t, x_0).
      float originalCoefficient = FloatMath.sqrt(previousAlphaBar) * beta / betaBar;
      float sampleCoefficient = FloatMath.sqrt(alpha) * previousBetaBar / betaBar;
      float[] mean = FloatMath.combine(originalCoefficient, original, sampleCoefficient, sample);

      if (t > 0) {
        float posterior = Math.max(previousBetaBar / betaBar * beta, SMALLEST_VARIANCE);
        addNoise(mean, posterior, beta, output.variance(), noise.randn(mean.length));
      }
      return new StepResult(mean, original);
    }

    private int previous(int index) {
      if (stride > 0) {
        return (int) timestep(index) - stride;
      }
      return index + 1 < length() ? (int) timestep(index + 1) : -1;
    }

    private void addNoise(
        float[] mean, float posterior, float beta, float[] predicted, float[] noise) {
      switch (variance) {
        case FIXED_SMALL -> FloatMath.addTo(mean, FloatMath.sqrt(posterior), noise);
        case FIXED_SMALL_LOG ->
            FloatMath.addTo(mean, FloatMath.exp(0.5f * FloatMath.log(posterior)), noise);
        case FIXED_LARGE -> FloatMath.addTo(mean, FloatMath.sqrt(beta), noise);
        // diffusers takes the square root of the logarithm here, which is never a number. This is
        // what Improved DDPM's code does.
        case FIXED_LARGE_LOG ->
            FloatMath.addTo(mean, FloatMath.exp(0.5f * FloatMath.log(beta)), noise);
        case LEARNED -> {
          float[] variances = required(predicted);
          for (int i = 0; i < mean.length; i++) {
            mean[i] += FloatMath.sqrt(variances[i]) * noise[i];
          }
        }
        case LEARNED_RANGE ->
            LearnedRange.addNoise(
                mean, FloatMath.log(posterior), FloatMath.log(beta), required(predicted), noise);
      }
    }

    private float[] required(float[] predicted) {
      return LearnedRange.required(predicted, name(), variance);
    }
  }
}
