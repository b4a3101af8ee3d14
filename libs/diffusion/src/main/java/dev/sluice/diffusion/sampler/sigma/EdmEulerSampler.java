package dev.sluice.diffusion.sampler.sigma;

import dev.sluice.diffusion.config.SchedulerMembers;
import dev.sluice.diffusion.math.FloatMath;
import dev.sluice.diffusion.prediction.ModelOutput;
import dev.sluice.diffusion.prediction.NoiseLevel;
import dev.sluice.diffusion.random.NoiseSource;
import dev.sluice.diffusion.sampler.TrainedSampler;
import dev.sluice.diffusion.sampling.Churn;
import dev.sluice.diffusion.sampling.RunMemory;
import dev.sluice.diffusion.sampling.SamplingOptions;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.diffusion.sampling.StepResult;
import dev.sluice.diffusion.schedule.SigmaLadder;

/**
 * Euler's method for networks of {@link EdmSpace}: Karras et al. 2022, algorithm 2 without its
 * second-order correction. Draws noise only in steps that churn.
 */
public final class EdmEulerSampler extends TrainedSampler {

  private final EdmSpace space;

  public EdmEulerSampler(SchedulerMembers config) {
    super(config, null, EdmSpace.prediction(config));
    this.space = new EdmSpace(config);
  }

  @Override
  protected SamplingPlan planned(SamplingOptions options) {
    return new Plan(space.ladder(options.steps()), options.churn());
  }

  private final class Plan extends SamplingPlan {

    private final float[] sigmas;
    private final Churn churn;

    Plan(SigmaLadder ladder, Churn churn) {
      super(ladder.timesteps());
      this.sigmas = ladder.sigmas();
      this.churn = churn;
    }

    @Override
    public float[] sigmas() {
      return sigmas.clone();
    }

    @Override
    public float initNoiseSigma() {
      return space.initNoiseSigma();
    }

    @Override
    public float[] noised(int step, float[] original, float[] noise) {
      return FloatMath.addTo(original.clone(), sigmas[step], noise);
    }

    @Override
    public NoiseLevel level(int i) {
      return EdmSpace.noLevel();
    }

    @Override
    protected float[] scaleInput(int i, float[] sample) {
      return space.scaled(sample, sigmas[i]);
    }

    @Override
    protected StepResult step(
        RunMemory memory, ModelOutput output, float[] sample, NoiseSource noise) {
      Churn.Churned churned = churn.applied(sample, sigmas[memory.index()], length(), noise);
      float[] original = space.original(output.prediction(), churned.sample(), churned.sigma());
      float length = sigmas[memory.index() + 1] - churned.sigma();
      float[] next = SigmaPlan.euler(churned.sample(), original, churned.sigma(), length);
      return new StepResult(next, original);
    }
  }
}
