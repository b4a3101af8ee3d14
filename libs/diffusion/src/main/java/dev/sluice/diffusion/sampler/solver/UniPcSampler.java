package dev.sluice.diffusion.sampler.solver;

import static dev.sluice.diffusion.prediction.PredictionType.EPSILON;
import static dev.sluice.diffusion.prediction.PredictionType.FLOW;
import static dev.sluice.diffusion.prediction.PredictionType.SAMPLE;
import static dev.sluice.diffusion.prediction.PredictionType.V_PREDICTION;

import dev.sluice.diffusion.config.Clipping;
import dev.sluice.diffusion.config.SchedulerMembers;
import dev.sluice.diffusion.math.FloatMath;
import dev.sluice.diffusion.math.LinearSystem;
import dev.sluice.diffusion.prediction.ModelOutput;
import dev.sluice.diffusion.random.NoiseSource;
import dev.sluice.diffusion.sampler.TrainedSampler;
import dev.sluice.diffusion.sampling.RunMemory;
import dev.sluice.diffusion.sampling.SamplingOptions;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.diffusion.sampling.StepResult;
import dev.sluice.diffusion.schedule.SigmaLadder;
import java.util.List;
import java.util.Set;

/**
 * Zhao et al. 2023, "UniPC: A Unified Predictor-Corrector Framework for Fast Sampling of Diffusion
 * Models", algorithms 5 and 6 with the network asked once a step: its answer corrects the step that
 * led there (UniC) and predicts the next (UniP). Draws no noise.
 */
public final class UniPcSampler extends TrainedSampler {

  private static final String LAST = "last";

  /** Far above what is of use; a run remembers as many outputs. */
  private static final int HIGHEST_ORDER = 16;

  private final Clipping clipping;
  private final SolverLadders ladders;
  private final SolverOrder order;
  private final boolean predictsOriginal;

  /** B(h) = h, and not e^h - 1: section 3.3. */
  private final boolean linear;

  private final Set<Integer> uncorrected;

  public UniPcSampler(SchedulerMembers config) {
    super(
        config, config.scheduleOfSigmas(), config.prediction(EPSILON, SAMPLE, V_PREDICTION, FLOW));
    this.ladders = new SolverLadders(config, schedule, SolverLadders.End.CONFIGURED_OR_LAST);
    this.order = SolverOrder.falling(config, HIGHEST_ORDER);
    this.predictsOriginal = config.flag("predict_x0", true);
    this.clipping = predictsOriginal ? Clipping.thresholdOnly(config) : Clipping.NONE;
    // Names of other solvers stand for the closest of these, as in diffusers.
    this.linear =
        config
            .choice("solver_type", "bh2", List.of("bh1", "bh2", "midpoint", "heun", "logrho"))
            .equals("bh1");
    this.uncorrected = Set.copyOf(config.integers("disable_corrector"));
    config.refuse("solver_p");
    if (!predictsOriginal && prediction == FLOW) {
      throw config.wrong("predict_x0", false, "true with flow_prediction");
    }
  }

  @Override
  protected SamplingPlan planned(SamplingOptions options) {
    return new Plan(ladders.ladder(options));
  }

  private final class Plan extends SolverPlan {

    Plan(SigmaLadder ladder) {
      super(ladder, ladders.form(), prediction, clipping);
    }

    @Override
    protected StepResult step(
        RunMemory memory, ModelOutput output, float[] sample, NoiseSource noise) {
      int index = memory.index();
      float[] original = original(output.prediction(), sample, index, memory.batch());
      float[] converted =
          predictsOriginal ? original : epsilon(output.prediction(), original, sample, index);
      boolean corrects = memory.steps() > 0 && !uncorrected.contains(index - 1);
      float[] current = corrects ? corrected(memory, converted) : sample;
      remember(memory, converted, order.highest());
      memory.tensors().put(LAST, current.clone());
      float[] next = predicted(memory, current);
      return new StepResult(next, original);
    }

    /** UniC: the step to here made again, with what the network says here. */
    private float[] corrected(RunMemory memory, float[] converted) {
      int used = order.at(memory.index() - 1, length(), memory.steps() - 1);
      Update update = new Update(memory.index() - 1, used);
      double[] weights = used == 1 ? new double[] {0.5} : update.solved(used);
      float[] next = update.apply(memory, memory.recall(LAST), weights, used - 1);
      float scale = update.residualScale();
      float[] m0 = recalled(memory, 1);
      for (int i = 0; i < next.length; i++) {
        next[i] -= scale * ((float) weights[used - 1] * (converted[i] - m0[i]));
      }
      return next;
    }

    /** UniP: the step from here. */
    private float[] predicted(RunMemory memory, float[] sample) {
      int used = order.at(memory.index(), length(), memory.steps());
      Update update = new Update(memory.index(), used);
      double[] weights = used == 2 ? new double[] {0.5} : update.solved(used - 1);
      return update.apply(memory, sample, weights, used - 1);
    }

    /** A step from one level to the next that earlier outputs help to make. */
    private final class Update {

      private final Level to;
      private final Level from;
      private final float hh;
      private final float growth;
      private final float bh;
      private final float[] ratios;

      /** How far back the earlier outputs lie in lambda, in steps; last, 1 for what is to come. */
      Update(int index, int used) {
        this.to = at(index + 1);
        this.from = at(index);
        float h = to.lambda() - from.lambda();
        this.hh = predictsOriginal ? -h : h;
        this.growth = (float) Math.expm1(hh);
        this.bh = linear ? hh : growth;
        this.ratios = new float[used];
        for (int k = 1; k < used; k++) {
          ratios[k - 1] = (at(index - k).lambda() - from.lambda()) / h;
        }
        ratios[used - 1] = 1;
      }

      float residualScale() {
        return (predictsOriginal ? to.alpha() : to.sigma()) * bh;
      }

      /** The weights that make the step exact for polynomials: equation 5, R a = b. */
      double[] solved(int count) {
        double[][] rows = new double[count][count + 1];
        float phi = growth / hh - 1;
        float factorial = 1;
        for (int i = 0; i < count; i++) {
          for (int k = 0; k < count; k++) {
            rows[i][k] = (float) Math.pow(ratios[k], i);
          }
          rows[i][count] = phi * factorial / bh;
          factorial *= i + 2;
          phi = phi / hh - 1 / factorial;
        }
        return LinearSystem.solve(rows);
      }

      /** The first order, and the weighted differences of {@code count} earlier outputs. */
      float[] apply(RunMemory memory, float[] x, double[] weights, int count) {
        float sampleScale =
            predictsOriginal ? to.sigma() / from.sigma() : to.alpha() / from.alpha();
        float outputScale = (predictsOriginal ? to.alpha() : to.sigma()) * growth;
        float[] m0 = recalled(memory, 1);
        float[] next = FloatMath.combine(sampleScale, x, -outputScale, m0);
        float scale = residualScale();
        float[] residual = new float[x.length];
        for (int k = 0; k < count; k++) {
          float[] earlier = recalled(memory, k + 2);
          for (int i = 0; i < residual.length; i++) {
            residual[i] += (float) weights[k] * ((earlier[i] - m0[i]) / ratios[k]);
          }
        }
        return count == 0 ? next : FloatMath.addTo(next, -scale, residual);
      }
    }
  }
}
