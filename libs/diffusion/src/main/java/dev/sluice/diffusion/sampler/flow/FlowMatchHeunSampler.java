package dev.sluice.diffusion.sampler.flow;

import dev.sluice.diffusion.config.SchedulerMembers;
import dev.sluice.diffusion.math.FloatMath;
import dev.sluice.diffusion.prediction.ModelOutput;
import dev.sluice.diffusion.prediction.PredictionType;
import dev.sluice.diffusion.random.NoiseSource;
import dev.sluice.diffusion.sampler.TrainedSampler;
import dev.sluice.diffusion.sampler.sigma.HeunStep;
import dev.sluice.diffusion.sampler.sigma.SigmaPlan;
import dev.sluice.diffusion.sampling.Churn;
import dev.sluice.diffusion.sampling.RunMemory;
import dev.sluice.diffusion.sampling.SamplingOptions;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.diffusion.sampling.StepResult;
import dev.sluice.diffusion.schedule.SigmaLadder;

/**
 * Heun's method along the straight paths of rectified flow. Each step but the last asks the network
 * at both of its ends, and each question counts as a step. Draws noise only in steps that churn.
 */
public final class FlowMatchHeunSampler extends TrainedSampler {

  private final FlowShift shift;

  public FlowMatchHeunSampler(SchedulerMembers config) {
    super(config, null, PredictionType.FLOW);
    this.shift = new FlowShift(config, "shift");
  }

  @Override
  protected SamplingPlan planned(SamplingOptions options) {
    double[] even = FlowPlan.even(shift, trainTimesteps(), options.steps());
    SigmaLadder ladder = FlowPlan.told(shift.shifted(even, options), trainTimesteps(), 0);
    return new Plan(ladder.withInnerRungsTwice(), options.churn());
  }

  private static final class Plan extends FlowPlan {

    private final Churn churn;

    Plan(SigmaLadder ladder, Churn churn) {
      super(ladder);
      this.churn = churn;
    }

    @Override
    public int questionsPerStep() {
      return 2;
    }

    @Override
    protected StepResult step(
        RunMemory memory, ModelOutput output, float[] sample, NoiseSource noise) {
      boolean second = HeunStep.isSecond(memory);
      float sigma = sigma(memory.index());
      float begin = second ? sigma(memory.index() - 1) : sigma;
      // Drawn for both questions, as in diffusers, though the second one's changes nothing.
      Churn.Churned churned = churn.applied(sample, begin, intervals(), noise);
      float[] current = churned.sample();
      float[] original = FloatMath.addTo(current.clone(), -sigma, output.prediction());
      float[] slope = SigmaPlan.slope(current, original, second ? sigma : churned.sigma());
      float[] next =
          second
              ? HeunStep.second(memory, slope, sigma - churned.sigma())
              : HeunStep.first(memory, current, slope, sigma(memory.index() + 1) - churned.sigma());
      return new StepResult(next, original);
    }
  }
}
