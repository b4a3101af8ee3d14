package dev.sluice.diffusion.sampler.solver;

import static dev.sluice.diffusion.prediction.PredictionType.EPSILON;
import static dev.sluice.diffusion.prediction.PredictionType.FLOW;
import static dev.sluice.diffusion.prediction.PredictionType.SAMPLE;
import static dev.sluice.diffusion.prediction.PredictionType.V_PREDICTION;

import dev.sluice.diffusion.config.Clipping;
import dev.sluice.diffusion.config.SchedulerMembers;
import dev.sluice.diffusion.math.FloatMath;
import dev.sluice.diffusion.prediction.ModelOutput;
import dev.sluice.diffusion.random.NoiseSource;
import dev.sluice.diffusion.sampler.TrainedSampler;
import dev.sluice.diffusion.sampling.RunMemory;
import dev.sluice.diffusion.sampling.SamplingOptions;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.diffusion.sampling.StepResult;
import dev.sluice.diffusion.schedule.SigmaLadder;
import java.util.List;

/**
 * Single-step {@link DpmSolver} (Lu et al. 2022a, algorithms 1 and 2), orders 1 to 3: each step of
 * the solver asks the network as often as its order, and each question counts as a step. The
 * stochastic one draws noise at every step, the others never.
 */
public final class DpmSolverSinglestepSampler extends TrainedSampler {

  private static final String BASE = "base";

  private final Clipping clipping;
  private final SolverLadders ladders;
  private final DpmSolver solver;
  private final boolean lowerOrderFinal;

  public DpmSolverSinglestepSampler(SchedulerMembers config) {
    super(config, config.schedule(), config.prediction(EPSILON, SAMPLE, V_PREDICTION, FLOW));
    this.clipping = Clipping.thresholdOnly(config);
    this.ladders = new SolverLadders(config, schedule, SolverLadders.End.CONFIGURED);
    this.solver =
        DpmSolver.of(config, List.of("dpmsolver", "dpmsolver++", "sde-dpmsolver++", "deis"));
    this.lowerOrderFinal = config.flag("lower_order_final", false);
    solver.requireSound(config, prediction, ladders.endsAtZero());
  }

  @Override
  protected SamplingPlan planned(SamplingOptions options) {
    return new Plan(ladders.ladder(options));
  }

  private final class Plan extends SolverPlan {

    /** How many outputs each question closes a step of. */
    private final int[] orders;

    Plan(SigmaLadder ladder) {
      super(ladder, ladders.form(), prediction, clipping);
      this.orders = orders();
    }

    /** Rising from 1 within each step of the solver; what is left over is made with less. */
    private int[] orders() {
      int order = solver.order();
      int[] rising = new int[length()];
      for (int i = 0; i < rising.length; i++) {
        rising[i] = i % order + 1;
      }
      int last = rising.length - 1;
      if (!lowerOrderFinal && rising.length % order == 0 && !ladders.endsAtZero()) {
        return rising;
      }
      if (rising.length % order == 0 || ladders.endsAtZero()) {
        rising[last] = 1;
      }
      return rising;
    }

    @Override
    protected StepResult step(
        RunMemory memory, ModelOutput output, float[] sample, NoiseSource noise) {
      float[] original = original(output.prediction(), sample, memory.index(), memory.batch());
      float[] converted =
          solver.plusPlus()
              ? original
              : epsilon(output.prediction(), original, sample, memory.index());
      float[] drawn = solver.stochastic() ? noise.randn(sample.length) : null;
      int order = Math.min(orders[memory.index()], memory.steps() + 1);
      if (order == 1) {
        memory.tensors().put(BASE, sample.clone());
      }
      float[] base = memory.recall(BASE);
      Level from = at(memory.index() - order + 1);
      Level to = at(memory.index() + 1);
      DpmSolver.Transition step = solver.transition(to, from);
      float[] next =
          switch (order) {
            case 1 -> FloatMath.combine(step.sampleScale(), base, step.outputScale(), converted);
            case 2 -> second(memory, step, from, to, converted, base);
            default -> third(memory, step, from, to, converted, base);
          };
      if (drawn != null) {
        FloatMath.addTo(next, step.noiseScale(), drawn);
      }
      remember(memory, converted, solver.order() - 1);
      return new StepResult(next, original);
    }

    private float[] second(
        RunMemory memory,
        DpmSolver.Transition step,
        Level from,
        Level to,
        float[] output,
        float[] base) {
      float r0 = (at(memory.index()).lambda() - from.lambda()) / step.h();
      float slopeScale = solver.slopeScale(step, to);
      float[] m1 = recalled(memory, 1);
      float[] next = new float[base.length];
      for (int i = 0; i < next.length; i++) {
        float slope = 1 / r0 * (output[i] - m1[i]);
        next[i] = step.sampleScale() * base[i] + step.outputScale() * m1[i] + slopeScale * slope;
      }
      return next;
    }

    private float[] third(
        RunMemory memory,
        DpmSolver.Transition step,
        Level from,
        Level to,
        float[] output,
        float[] base) {
      float r0 = (at(memory.index()).lambda() - from.lambda()) / step.h();
      float r1 = (at(memory.index() - 1).lambda() - from.lambda()) / step.h();
      float slopeScale = solver.exactSlopeScale(step, to);
      float curveScale = solver.heun() ? solver.curveScale(step, to) : 0;
      float[] m1 = recalled(memory, 1);
      float[] m2 = recalled(memory, 2);
      float[] next = new float[base.length];
      for (int i = 0; i < next.length; i++) {
        float near = 1 / r1 * (m1[i] - m2[i]);
        float far = 1 / r0 * (output[i] - m2[i]);
        float slope = solver.heun() ? (r0 * near - r1 * far) / (r0 - r1) : far;
        float curve = solver.heun() ? 2 * (far - near) / (r0 - r1) : 0;
        next[i] =
            step.sampleScale() * base[i]
                + step.outputScale() * m2[i]
                + slopeScale * slope
                + curveScale * curve;
      }
      return next;
    }
  }
}
