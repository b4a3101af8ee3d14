package dev.sluice.diffusion.sampler.solver;

import dev.sluice.diffusion.config.Clipping;
import dev.sluice.diffusion.config.SchedulerMembers;
import dev.sluice.diffusion.math.FloatMath;
import dev.sluice.diffusion.prediction.ModelOutput;
import dev.sluice.diffusion.prediction.PredictionType;
import dev.sluice.diffusion.random.NoiseSource;
import dev.sluice.diffusion.sampling.RunMemory;
import dev.sluice.diffusion.sampling.StepResult;
import dev.sluice.diffusion.schedule.SigmaLadder;

/** Multistep DPM-Solver++: Lu et al. 2022b, algorithm 2, and its kin of other orders. */
class DpmMultistepPlan extends SolverPlan {

  /**
   * How the last steps are made.
   *
   * @param order of each step
   * @param euler whether the last one is always of the first order
   */
  record Finale(SolverOrder order, boolean euler) {

    static Finale of(SchedulerMembers config, boolean endsAtZero) {
      return new Finale(
          SolverOrder.fallingInShortPlans(config, 3),
          config.flag("euler_at_final", false) || endsAtZero);
    }
  }

  private final DpmSolver solver;
  private final Finale finale;

  DpmMultistepPlan(
      SigmaLadder ladder,
      Level.Form form,
      PredictionType prediction,
      Clipping clipping,
      DpmSolver solver,
      Finale finale) {
    super(ladder, form, prediction, clipping);
    this.solver = solver;
    this.finale = finale;
  }

  @Override
  protected final StepResult step(
      RunMemory memory, ModelOutput output, float[] sample, NoiseSource noise) {
    float[] original = original(output.prediction(), sample, memory.index(), memory.batch());
    float[] converted =
        solver.plusPlus()
            ? original
            : epsilon(output.prediction(), original, sample, memory.index());
    float[] drawn = solver.stochastic() ? noise.randn(sample.length) : null;
    Level to = at(memory.index() + 1);
    DpmSolver.Transition step = solver.transition(to, at(memory.index()));
    float[] next =
        switch (orderAt(memory)) {
          case 1 -> FloatMath.combine(step.sampleScale(), sample, step.outputScale(), converted);
          case 2 -> second(memory, step, to, converted, sample);
          default -> third(memory, step, to, converted, sample);
        };
    if (drawn != null) {
      FloatMath.addTo(next, step.noiseScale(), drawn);
    }
    remember(memory, converted, solver.order() - 1);
    return new StepResult(next, original);
  }

  private int orderAt(RunMemory memory) {
    int index = memory.index();
    if (index == length() - 1 && (finale.euler() || sigma(index) == sigma(index + 1))) {
      // Karras' levels may end where final_sigmas_type does. The higher orders divide by the
      // length of such a step; the first leaves the sample as it is.
      return 1;
    }
    return finale.order().at(index, length(), memory.steps());
  }

  private float[] second(
      RunMemory memory, DpmSolver.Transition step, Level to, float[] output, float[] sample) {
    Level from = at(memory.index());
    Level before = at(memory.index() - 1);
    float r0 = (from.lambda() - before.lambda()) / step.h();
    float slopeScale = solver.slopeScale(step, to);
    float[] m1 = recalled(memory, 1);
    float[] next = new float[sample.length];
    for (int i = 0; i < next.length; i++) {
      float slope = 1 / r0 * (output[i] - m1[i]);
      next[i] =
          step.sampleScale() * sample[i] + step.outputScale() * output[i] + slopeScale * slope;
    }
    return next;
  }

  private float[] third(
      RunMemory memory, DpmSolver.Transition step, Level to, float[] output, float[] sample) {
    Level from = at(memory.index());
    Level before = at(memory.index() - 1);
    Level earliest = at(memory.index() - 2);
    float h = step.h();
    float r0 = (from.lambda() - before.lambda()) / h;
    float r1 = (before.lambda() - earliest.lambda()) / h;
    float slopeScale = solver.exactSlopeScale(step, to);
    float curveScale = solver.curveScale(step, to);
    float[] m1 = recalled(memory, 1);
    float[] m2 = recalled(memory, 2);
    float[] next = new float[sample.length];
    for (int i = 0; i < next.length; i++) {
      float recent = 1 / r0 * (output[i] - m1[i]);
      float older = 1 / r1 * (m1[i] - m2[i]);
      float slope = recent + r0 / (r0 + r1) * (recent - older);
      float curve = 1 / (r0 + r1) * (recent - older);
      next[i] =
          step.sampleScale() * sample[i]
              + step.outputScale() * output[i]
              + slopeScale * slope
              + curveScale * curve;
    }
    return next;
  }
}
