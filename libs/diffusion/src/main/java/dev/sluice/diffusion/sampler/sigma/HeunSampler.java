package dev.sluice.diffusion.sampler.sigma;

import static dev.sluice.diffusion.prediction.PredictionType.EPSILON;
import static dev.sluice.diffusion.prediction.PredictionType.SAMPLE;
import static dev.sluice.diffusion.prediction.PredictionType.V_PREDICTION;

import dev.sluice.diffusion.config.Clipping;
import dev.sluice.diffusion.config.SchedulerMembers;
import dev.sluice.diffusion.prediction.ModelOutput;
import dev.sluice.diffusion.random.NoiseSource;
import dev.sluice.diffusion.sampling.RunMemory;
import dev.sluice.diffusion.sampling.SamplingOptions;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.diffusion.sampling.StepResult;
import dev.sluice.diffusion.schedule.SigmaLadder;

/**
 * Heun's method on the probability flow: Karras et al. 2022, algorithm 1. Each step but the last
 * asks the network at both of its ends, and each question counts as a step. Draws no noise.
 */
public final class HeunSampler extends SigmaSampler {

  private final Clipping clipping;

  public HeunSampler(SchedulerMembers config) {
    super(config, config.schedule(), config.prediction(EPSILON, SAMPLE, V_PREDICTION));
    this.clipping = Clipping.of(config, false);
  }

  @Override
  protected SamplingPlan planned(SamplingOptions options) {
    Rungs rungs = rungs(options);
    return new Plan(SigmaLadder.of(rungs.timesteps(), rungs.sigmas(), 0).withInnerRungsTwice());
  }

  private final class Plan extends SigmaPlan {

    Plan(SigmaLadder ladder) {
      super(ladder, HeunSampler.this.prediction, reachesLastTimestep());
    }

    @Override
    public int questionsPerStep() {
      return 2;
    }

    @Override
    protected StepResult step(
        RunMemory memory, ModelOutput output, float[] sample, NoiseSource noise) {
      float sigma = sigma(memory.index());
      float[] original = predictOriginal(output.prediction(), sample, sigma, sigma);
      clipping.apply(original, memory.batch());
      float[] slope = slope(sample, original, sigma);
      float[] next =
          HeunStep.isSecond(memory)
              ? HeunStep.second(memory, slope, sigma - sigma(memory.index() - 1))
              : HeunStep.first(memory, sample, slope, sigma(memory.index() + 1) - sigma);
      return new StepResult(next, original);
    }
  }
}
