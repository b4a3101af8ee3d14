package dev.sluice.diffusion.sampler.solver;

import static dev.sluice.diffusion.prediction.PredictionType.EPSILON;
import static dev.sluice.diffusion.prediction.PredictionType.FLOW;
import static dev.sluice.diffusion.prediction.PredictionType.SAMPLE;
import static dev.sluice.diffusion.prediction.PredictionType.V_PREDICTION;

import dev.sluice.diffusion.config.Clipping;
import dev.sluice.diffusion.config.SchedulerMembers;
import dev.sluice.diffusion.sampler.TrainedSampler;
import dev.sluice.diffusion.sampling.SamplingOptions;
import dev.sluice.diffusion.sampling.SamplingPlan;
import java.util.List;

/**
 * Multistep {@link DpmSolver} over a trained noise schedule, orders 1 to 3. The stochastic ones
 * draw noise at every step, the others never.
 */
public final class DpmSolverMultistepSampler extends TrainedSampler {

  private final Clipping clipping;
  private final SolverLadders ladders;
  private final DpmSolver solver;
  private final DpmMultistepPlan.Finale finale;

  public DpmSolverMultistepSampler(SchedulerMembers config) {
    super(
        config, config.scheduleOfSigmas(), config.prediction(EPSILON, SAMPLE, V_PREDICTION, FLOW));
    this.clipping = Clipping.thresholdOnly(config);
    this.ladders = new SolverLadders(config, schedule, SolverLadders.End.CONFIGURED);
    this.solver =
        DpmSolver.of(
            config,
            List.of("dpmsolver", "dpmsolver++", "sde-dpmsolver", "sde-dpmsolver++", "deis"));
    this.finale = DpmMultistepPlan.Finale.of(config, ladders.endsAtZero());
    solver.requireSound(config, prediction, ladders.endsAtZero());
    if (solver.order() == 3 && solver.stochastic() && !solver.plusPlus()) {
      throw config.wrong("solver_order", 3, "1 or 2 for sde-dpmsolver");
    }
  }

  @Override
  protected SamplingPlan planned(SamplingOptions options) {
    return new DpmMultistepPlan(
        ladders.ladder(options), ladders.form(), prediction, clipping, solver, finale);
  }
}
