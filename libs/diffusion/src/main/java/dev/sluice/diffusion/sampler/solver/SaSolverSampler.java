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
 * Xue et al. 2023, "SA-Solver: Stochastic Adams Solver for Fast Sampling of Diffusion Models": a
 * stochastic Adams-Bashforth predictor and Adams-Moulton corrector that share one question a step.
 * Noise of full strength (tau = 1) at timesteps 200 to 800, and none elsewhere; it is drawn at
 * every step all the same.
 */
public final class SaSolverSampler extends TrainedSampler {

  private static final String LAST = "last";
  private static final String LAST_NOISE = "last.noise";
  private static final int HIGHEST_ORDER = 4;

  private final Clipping clipping;
  private final SolverLadders ladders;
  private final SolverOrder predictor;
  private final int correctorOrder;
  private final boolean predictsOriginal;
  private final boolean lowerOrderFinal;

  public SaSolverSampler(SchedulerMembers config) {
    super(config, config.schedule(), config.prediction(EPSILON, SAMPLE, V_PREDICTION, FLOW));
    this.clipping = Clipping.thresholdOnly(config);
    this.ladders = new SolverLadders(config, schedule, SolverLadders.End.ABOVE_ZERO);
    this.predictor = SolverOrder.falling(config, "predictor_order", HIGHEST_ORDER);
    this.correctorOrder = SolverOrder.read(config, "corrector_order", HIGHEST_ORDER);
    // Names of other solvers, as a request's sampler finds them, stand for what they predict.
    this.predictsOriginal =
        !List.of("noise_prediction", "dpmsolver", "sde-dpmsolver")
            .contains(
                config.choice(
                    "algorithm_type",
                    "data_prediction",
                    List.of(
                        "data_prediction",
                        "noise_prediction",
                        "dpmsolver",
                        "dpmsolver++",
                        "sde-dpmsolver",
                        "sde-dpmsolver++",
                        "deis")));
    this.lowerOrderFinal = config.flag("lower_order_final", true);
    config.refuse("tau_func");
    if (!predictsOriginal && prediction == FLOW) {
      throw config.wrong("algorithm_type", "noise_prediction", "data_prediction for flow");
    }
  }

  @Override
  protected SamplingPlan planned(SamplingOptions options) {
    return new Plan(ladders.ladder(options));
  }

  private final class Plan extends SolverPlan {

    private final int remembered = Math.max(predictor.highest(), correctorOrder - 1);

    Plan(SigmaLadder ladder) {
      super(ladder, ladders.form(), prediction, clipping);
    }

    @Override
    public float[] noised(int step, float[] original, float[] noise) {
      return schedule.qSample(original, noise, (int) timestep(step));
    }

    @Override
    protected StepResult step(
        RunMemory memory, ModelOutput output, float[] sample, NoiseSource noise) {
      int index = memory.index();
      int steps = memory.steps();
      float[] original = original(output.prediction(), sample, index, memory.batch());
      float[] converted =
          predictsOriginal ? original : epsilon(output.prediction(), original, sample, index);
      float[] current = sample;
      if (steps > 0) {
        int most =
            lowerOrderFinal ? Math.min(correctorOrder, length() - index + 2) : correctorOrder;
        int used = Math.min(most, Math.min(steps - 1, remembered) + 2);
        float[][] outputs = new float[used][];
        outputs[0] = converted;
        for (int k = 1; k < used; k++) {
          outputs[k] = recalled(memory, k);
        }
        current =
            advanced(
                new Step(index - 1, index, used, true),
                outputs,
                memory.recall(LAST),
                memory.recall(LAST_NOISE));
      }
      remember(memory, converted, remembered);
      float[] drawn = noise.randn(sample.length);
      memory.tensors().put(LAST, current.clone());
      memory.tensors().put(LAST_NOISE, drawn.clone());
      int used = predictor.at(index, length(), steps);
      float[][] outputs = new float[used][];
      for (int k = 0; k < used; k++) {
        outputs[k] = recalled(memory, k + 1);
      }
      float[] next = advanced(new Step(index, index, used, false), outputs, current, drawn);
      return new StepResult(next, original);
    }

    private float[] advanced(Step step, float[][] outputs, float[] x, float[] noise) {
      float[] coefficients = step.coefficients();
      float[] gradient = new float[x.length];
      for (int k = 0; k < outputs.length; k++) {
        FloatMath.addTo(gradient, step.outputScale() * coefficients[k], outputs[k]);
      }
      float noiseScale = step.noiseScale();
      float sampleScale = step.sampleScale();
      float[] next = new float[x.length];
      for (int i = 0; i < next.length; i++) {
        next[i] = sampleScale * x[i] + gradient[i] + noiseScale * noise[i];
      }
      return next;
    }

    /** A step between two levels through the outputs at {@code order} of them. */
    private final class Step {

      private final Level to;
      private final Level from;
      private final float h;
      private final float[] lambdas;
      private final boolean corrects;

      /** 1 + tau^2. */
      private final float strength;

      Step(int index, int newest, int order, boolean corrects) {
        this.to = at(index + 1);
        this.from = at(index);
        this.h = to.lambda() - from.lambda();
        this.corrects = corrects;
        this.strength = timestep(index) >= 200 && timestep(index) <= 800 ? 2 : 1;
        this.lambdas = new float[order];
        for (int k = 0; k < order; k++) {
          lambdas[k] = at(newest - k).lambda();
        }
      }

      private float tauSquared() {
        return strength - 1;
      }

      float sampleScale() {
        return predictsOriginal
            ? FloatMath.exp(-tauSquared() * h) * (to.sigma() / from.sigma())
            : to.alpha() / from.alpha();
      }

      float outputScale() {
        return predictsOriginal
            ? strength * to.sigma() * FloatMath.exp(-tauSquared() * to.lambda())
            : -strength * to.alpha();
      }

      float noiseScale() {
        if (tauSquared() == 0) {
          return 0;
        }
        return predictsOriginal
            ? to.sigma() * FloatMath.sqrt(1 - FloatMath.exp(-2 * tauSquared() * h))
            : to.sigma() * FloatMath.sqrt(FloatMath.exp(2 * h) - 1);
      }

      /** The integrals of the polynomials that are 1 at one level and 0 at the others. */
      float[] coefficients() {
        int order = lambdas.length;
        float[] coefficients = new float[order];
        for (int i = 0; i < order; i++) {
          float[] polynomial = lagrange(i);
          for (int j = 0; j < order; j++) {
            coefficients[i] += polynomial[j] * integral(order - 1 - j);
          }
        }
        if (predictsOriginal && order == 2) {
          float change = secondOrderChange();
          coefficients[0] += change;
          coefficients[1] -= change;
        }
        return coefficients;
      }

      /** Coefficients from the highest power down: the elementary symmetric polynomials. */
      private float[] lagrange(int own) {
        float[] others = new float[lambdas.length - 1];
        float denominator = 1;
        for (int k = 0, n = 0; k < lambdas.length; k++) {
          if (k != own) {
            denominator *= lambdas[own] - lambdas[k];
            others[n++] = lambdas[k];
          }
        }
        float[] polynomial = new float[lambdas.length];
        for (int power = 0; power < polynomial.length; power++) {
          float sign = power % 2 == 0 ? 1 : -1;
          polynomial[power] = sign * products(others, 0, power) / denominator;
        }
        return polynomial;
      }

      /** The sum of all products of {@code count} numbers from {@code first} on. */
      private static float products(float[] numbers, int first, int count) {
        if (count == 0) {
          return 1;
        }
        float sum = 0;
        for (int k = first; k <= numbers.length - count; k++) {
          sum += numbers[k] * products(numbers, k + 1, count - 1);
        }
        return sum;
      }

      /**
       * The integral of e^(strength lambda) lambda^power (of e^-lambda for noise) over the step.
       */
      private float integral(int power) {
        return predictsOriginal ? rising(power) : falling(power);
      }

      private float rising(int power) {
        float end = strength * to.lambda();
        float start = strength * from.lambda();
        float fall = FloatMath.exp(-(end - start));
        float scale = 1;
        for (int k = 0; k <= power; k++) {
          scale *= strength;
        }
        return FloatMath.exp(end)
            * (polynomial(power, end, -1) - polynomial(power, start, -1) * fall)
            / scale;
      }

      private float falling(int power) {
        float end = to.lambda();
        float start = from.lambda();
        return FloatMath.exp(-end)
            * (polynomial(power, start, 1) * FloatMath.exp(end - start)
                - polynomial(power, end, 1));
      }

      /** x^n + sign n x^(n-1) + n (n-1) x^(n-2) + ..., what integration by parts leaves. */
      private static float polynomial(int power, float x, int sign) {
        float sum = 0;
        float factor = 1;
        for (int k = power; k >= 0; k--) {
          float term = factor;
          for (int times = 0; times < k; times++) {
            term *= x;
          }
          sum += term;
          factor *= sign * k;
        }
        return sum;
      }

      /** What diffusers, and the authors' code, do differently for two levels. */
      private float secondOrderChange() {
        float rest = (h * strength - 1 + FloatMath.exp(strength * -h)) / (strength * strength);
        float scale = FloatMath.exp(strength * to.lambda());
        return corrects
            ? scale * (h / 2 - rest / h)
            : scale * (h * h / 2 - rest) / (from.lambda() - lambdas[1]);
      }
    }
  }
}
