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
 * Zhang and Chen 2023, "Fast Sampling of Diffusion Models with Exponential Integrator": multistep
 * DEIS whose polynomials are of log rho, rho = sigma / alpha, orders 1 to 3. Draws no noise.
 */
public final class DeisSampler extends TrainedSampler {

  private final Clipping clipping;
  private final SolverLadders ladders;
  private final SolverOrder order;

  public DeisSampler(SchedulerMembers config) {
    super(config, config.schedule(), config.prediction(EPSILON, SAMPLE, V_PREDICTION, FLOW));
    this.clipping = Clipping.thresholdOnly(config);
    this.ladders = new SolverLadders(config, schedule, SolverLadders.End.ABOVE_ZERO);
    this.order = SolverOrder.fallingInShortPlans(config, 3);
    // Names of other solvers stand for this one, as in diffusers.
    config.choice("algorithm_type", "deis", List.of("deis", "dpmsolver", "dpmsolver++"));
    config.choice("solver_type", "logrho", List.of("logrho", "midpoint", "heun", "bh1", "bh2"));
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
      float[] epsilon = noiseBeside(original, sample, index);
      float[] next =
          switch (order.at(index, length(), memory.steps())) {
            case 1 -> first(at(index + 1), at(index), epsilon, sample);
            case 2 -> second(memory, epsilon, sample);
            default -> third(memory, epsilon, sample);
          };
      remember(memory, epsilon, order.highest() - 1);
      return new StepResult(next, original);
    }

    private float[] first(Level to, Level from, float[] epsilon, float[] sample) {
      float growth = FloatMath.exp(to.lambda() - from.lambda()) - 1;
      return FloatMath.combine(to.alpha() / from.alpha(), sample, -(to.sigma() * growth), epsilon);
    }

    private float rho(int step) {
      return at(step).sigma() / at(step).alpha();
    }

    private float[] second(RunMemory memory, float[] epsilon, float[] sample) {
      int i = memory.index();
      float to = rho(i + 1);
      float[] coefficients = {
        linear(to, rho(i), rho(i - 1)) - linear(rho(i), rho(i), rho(i - 1)),
        linear(to, rho(i - 1), rho(i)) - linear(rho(i), rho(i - 1), rho(i))
      };
      return combined(memory, coefficients, sample, epsilon, recalled(memory, 1));
    }

    private float[] third(RunMemory memory, float[] epsilon, float[] sample) {
      int i = memory.index();
      float to = rho(i + 1);
      float r0 = rho(i);
      float r1 = rho(i - 1);
      float r2 = rho(i - 2);
      float[] coefficients = {
        quadratic(to, r0, r1, r2) - quadratic(r0, r0, r1, r2),
        quadratic(to, r1, r2, r0) - quadratic(r0, r1, r2, r0),
        quadratic(to, r2, r0, r1) - quadratic(r0, r2, r0, r1)
      };
      return combined(
          memory, coefficients, sample, epsilon, recalled(memory, 1), recalled(memory, 2));
    }

    private float[] combined(
        RunMemory memory, float[] coefficients, float[] sample, float[]... outputs) {
      Level from = at(memory.index());
      Level to = at(memory.index() + 1);
      float[] next = new float[sample.length];
      for (int i = 0; i < next.length; i++) {
        float sum = sample[i] / from.alpha();
        for (int k = 0; k < coefficients.length; k++) {
          sum += coefficients[k] * outputs[k][i];
        }
        next[i] = to.alpha() * sum;
      }
      return next;
    }
  }

  /** The integral over rho up to t of (log rho - log c) / (log b - log c). */
  private static float linear(float t, float b, float c) {
    float logC = FloatMath.log(c);
    return t * (-logC + FloatMath.log(t) - 1) / (FloatMath.log(b) - logC);
  }

  /** The same of the quadratic that is 1 at b, and 0 at c and d. */
  private static float quadratic(float t, float b, float c, float d) {
    float logB = FloatMath.log(b);
    float logC = FloatMath.log(c);
    float logD = FloatMath.log(d);
    float logT = FloatMath.log(t);
    float numerator =
        t * (logC * (logD - logT + 1) - logD * logT + logD + logT * logT - 2 * logT + 2);
    return numerator / ((logB - logC) * (logB - logD));
  }
}
