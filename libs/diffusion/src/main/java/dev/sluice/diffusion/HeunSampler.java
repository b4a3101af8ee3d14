package dev.sluice.diffusion;

import static dev.sluice.diffusion.PredictionType.EPSILON;
import static dev.sluice.diffusion.PredictionType.SAMPLE;
import static dev.sluice.diffusion.PredictionType.V_PREDICTION;

/**
 * Heun's method on the probability flow: Karras et al. 2022, algorithm 1. Each step but the last
 * asks the network at both of its ends, and each question counts as a step. Draws no noise.
 */
final class HeunSampler extends SigmaSampler {

  private final Clipping clipping;

  HeunSampler(SchedulerConfig config) {
    super(config, config.schedule(), config.prediction(EPSILON, SAMPLE, V_PREDICTION));
    this.clipping = Clipping.of(config, false);
  }

  @Override
  SamplingPlan planned(SamplingOptions options) {
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
    StepResult step(RunMemory memory, ModelOutput output, float[] sample, NoiseSource noise) {
      float sigma = sigma(memory.index);
      float[] original = predictOriginal(output.prediction(), sample, sigma, sigma);
      clipping.apply(original, memory.batch());
      float[] slope = slope(sample, original, sigma);
      float[] next =
          HeunStep.isSecond(memory)
              ? HeunStep.second(memory, slope, sigma - sigma(memory.index - 1))
              : HeunStep.first(memory, sample, slope, sigma(memory.index + 1) - sigma);
      return new StepResult(next, original);
    }
  }
}
