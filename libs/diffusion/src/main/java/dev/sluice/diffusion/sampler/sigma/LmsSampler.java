package dev.sluice.diffusion.sampler.sigma;

import static dev.sluice.diffusion.prediction.PredictionType.EPSILON;
import static dev.sluice.diffusion.prediction.PredictionType.SAMPLE;
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
 * The linear multistep method of orders up to 4 (Adams-Bashforth over uneven noise levels) on the
 * probability flow (Crowson's k-diffusion, {@code sample_lms}). Draws no noise.
 */
public final class LmsSampler extends SigmaSampler {

  /** Slopes at earlier steps: {@code slope.1} is the step before. */
  private static final String SLOPE = "slope.";

  /** Gauss and Legendre's two points, which integrate cubic polynomials exactly. */
  private static final double NODE = 1 / Math.sqrt(3);

  public LmsSampler(SchedulerMembers config) {
    super(config, config.schedule(), config.prediction(EPSILON, SAMPLE, V_PREDICTION));
  }

  @Override
  protected SamplingPlan planned(SamplingOptions options) {
    Rungs rungs = rungs(options);
    return new Plan(SigmaLadder.of(rungs.timesteps(), rungs.sigmas(), 0), options.order());
  }

  private final class Plan extends SigmaPlan {

    private final int highest;

    Plan(SigmaLadder ladder, int highest) {
      super(ladder, LmsSampler.this.prediction, reachesLastTimestep());
      this.highest = highest;
    }

    @Override
    protected StepResult step(
        RunMemory memory, ModelOutput output, float[] sample, NoiseSource noise) {
      int index = memory.index();
      float sigma = sigma(index);
      float[] original = predictOriginal(output.prediction(), sample, sigma, sigma);
      float[] slope = slope(sample, original, sigma);
      // diffusers counts the plan's steps here and not the run's, which from a picture weighs
      // slopes that are not there.
      int order = Math.min(memory.steps() + 1, highest);
      float[] change = new float[sample.length];
      FloatMath.addTo(change, weight(index, order, 0), slope);
      for (int age = 1; age < order; age++) {
        FloatMath.addTo(change, weight(index, order, age), memory.recall(SLOPE + age));
      }
      for (int age = highest - 1; age > 1; age--) {
        float[] younger = memory.tensors().get(SLOPE + (age - 1));
        if (younger != null) {
          memory.tensors().put(SLOPE + age, younger);
        }
      }
      if (highest > 1) {
        memory.tensors().put(SLOPE + 1, slope.clone());
      }
      return new StepResult(FloatMath.addTo(sample.clone(), 1, change), original);
    }

    /** The integral over the step of the polynomial that is 1 at one level and 0 at the others. */
    private float weight(int index, int order, int own) {
      double middle = ((double) sigma(index) + sigma(index + 1)) / 2;
      double radius = ((double) sigma(index + 1) - sigma(index)) / 2;
      return (float)
          (radius
              * (lagrange(index, order, own, middle - NODE * radius)
                  + lagrange(index, order, own, middle + NODE * radius)));
    }

    private double lagrange(int index, int order, int own, double at) {
      double product = 1;
      for (int k = 0; k < order; k++) {
        if (k != own) {
          product *= (at - sigma(index - k)) / ((double) sigma(index - own) - sigma(index - k));
        }
      }
      return product;
    }
  }
}
