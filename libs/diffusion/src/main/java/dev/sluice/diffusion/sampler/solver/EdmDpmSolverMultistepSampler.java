package dev.sluice.diffusion.sampler.solver;

import dev.sluice.diffusion.config.Clipping;
import dev.sluice.diffusion.config.SchedulerMembers;
import dev.sluice.diffusion.prediction.NoiseLevel;
import dev.sluice.diffusion.sampler.TrainedSampler;
import dev.sluice.diffusion.sampler.sigma.EdmSpace;
import dev.sluice.diffusion.sampling.SamplingOptions;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.diffusion.schedule.SigmaLadder;
import java.util.List;

/**
 * Multistep {@link DpmSolver} for networks of {@link EdmSpace}, orders 1 to 3. The stochastic form
 * draws noise at every step, the other never.
 */
public final class EdmDpmSolverMultistepSampler extends TrainedSampler {

  private final EdmSpace space;
  private final Clipping clipping;
  private final DpmSolver solver;
  private final DpmMultistepPlan.Finale finale;

  public EdmDpmSolverMultistepSampler(SchedulerMembers config) {
    super(config, null, EdmSpace.prediction(config));
    this.space = new EdmSpace(config);
    this.clipping = Clipping.thresholdOnly(config);
    this.solver = DpmSolver.of(config, List.of("dpmsolver++", "sde-dpmsolver++", "deis"));
    this.finale = DpmMultistepPlan.Finale.of(config, space.endsAtZero());
    if (solver.order() == 3 && solver.stochastic()) {
      throw config.wrong("solver_order", 3, "1 or 2 for sde-dpmsolver++");
    }
  }

  @Override
  protected SamplingPlan planned(SamplingOptions options) {
    return new Plan(space.ladder(options.steps()));
  }

  private final class Plan extends DpmMultistepPlan {

    Plan(SigmaLadder ladder) {
      super(ladder, Level.Form.VARIANCE_EXPLODING, prediction, clipping, solver, finale);
    }

    @Override
    public float initNoiseSigma() {
      return space.initNoiseSigma();
    }

    @Override
    public NoiseLevel level(int i) {
      return EdmSpace.noLevel();
    }

    @Override
    protected float[] scaleInput(int i, float[] sample) {
      return space.scaled(sample, sigma(i));
    }

    @Override
    float[] original(float[] output, float[] sample, int step, int batch) {
      return clipping.apply(space.original(output, sample, sigma(step)), batch);
    }
  }
}
