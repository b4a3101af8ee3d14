package dev.sluice.diffusion;

/**
 * Heun's method along the straight paths of rectified flow. Each step but the last asks the network
 * at both of its ends, and each question counts as a step. Draws noise only in steps that churn.
 */
final class FlowMatchHeunSampler extends TrainedSampler {

  private final FlowShift shift;

  FlowMatchHeunSampler(SchedulerConfig config) {
    super(config, null, PredictionType.FLOW);
    this.shift = new FlowShift(config, "shift");
  }

  @Override
  SamplingPlan planned(SamplingOptions options) {
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
    StepResult step(RunMemory memory, ModelOutput output, float[] sample, NoiseSource noise) {
      boolean second = HeunStep.isSecond(memory);
      float sigma = sigma(memory.index);
      float begin = second ? sigma(memory.index - 1) : sigma;
      // Drawn for both questions, as in diffusers, though the second one's changes nothing.
      Churn.Churned churned = churn.applied(sample, begin, intervals(), noise);
      float[] current = churned.sample();
      float[] original = FloatMath.addTo(current.clone(), -sigma, output.prediction());
      float[] slope = SigmaPlan.slope(current, original, second ? sigma : churned.sigma());
      float[] next =
          second
              ? HeunStep.second(memory, slope, sigma - churned.sigma())
              : HeunStep.first(memory, current, slope, sigma(memory.index + 1) - churned.sigma());
      return new StepResult(next, original);
    }
  }
}
