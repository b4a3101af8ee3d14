package dev.sluice.diffusion.sampler.flow;

import dev.sluice.diffusion.config.SchedulerMembers;
import dev.sluice.diffusion.math.FloatMath;
import dev.sluice.diffusion.prediction.ModelOutput;
import dev.sluice.diffusion.prediction.PredictionType;
import dev.sluice.diffusion.random.NoiseSource;
import dev.sluice.diffusion.sampler.TrainedSampler;
import dev.sluice.diffusion.sampler.sigma.SigmaChoice;
import dev.sluice.diffusion.sampling.RunMemory;
import dev.sluice.diffusion.sampling.SamplingOptions;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.diffusion.sampling.StepResult;
import dev.sluice.diffusion.schedule.SigmaLadder;
import java.util.Arrays;

/**
 * Euler's method along the straight paths of rectified flow: Esser et al. 2024, "Scaling Rectified
 * Flow Transformers" (Stable Diffusion 3), with the timestep shift of its equation 23. Draws noise
 * at every step if the configuration says that sampling is stochastic, else never.
 */
public final class FlowMatchEulerSampler extends TrainedSampler {

  private final FlowShift shift;
  private final SigmaChoice choice;
  private final boolean inverted;
  private final boolean stochastic;

  public FlowMatchEulerSampler(SchedulerMembers config) {
    super(config, null, PredictionType.FLOW);
    this.shift = new FlowShift(config, "shift");
    this.choice = new SigmaChoice(config);
    this.inverted = config.flag("invert_sigmas", false);
    this.stochastic = config.flag("stochastic_sampling", false);
  }

  @Override
  protected SamplingPlan planned(SamplingOptions options) {
    double[] even =
        options.hasSigmas()
            ? options.sigmas()
            : FlowPlan.even(shift, trainTimesteps(), options.steps());
    double[] sigmas = shift.shifted(even, options);
    if (choice.isSpaced()) {
      sigmas = choice.spaced(sigmas[0], sigmas[sigmas.length - 1], sigmas.length);
    }
    if (inverted) {
      sigmas = Arrays.stream(sigmas).map(sigma -> 1 - (float) sigma).toArray();
    }
    return new Plan(FlowPlan.told(sigmas, trainTimesteps(), inverted ? 1 : 0));
  }

  private final class Plan extends FlowPlan {

    Plan(SigmaLadder ladder) {
      super(ladder);
    }

    @Override
    protected StepResult step(
        RunMemory memory, ModelOutput output, float[] sample, NoiseSource noise) {
      float sigma = sigma(memory.index());
      float to = sigma(memory.index() + 1);
      float[] velocity = output.prediction();
      float[] original = FloatMath.addTo(sample.clone(), -sigma, velocity);
      float[] next =
          stochastic
              ? FloatMath.combine(1 - to, original, to, noise.randn(sample.length))
              : FloatMath.addTo(sample.clone(), to - sigma, velocity);
      return new StepResult(next, original);
    }
  }
}
