package dev.sluice.diffusion;

import static dev.sluice.diffusion.PredictionType.EPSILON;
import static dev.sluice.diffusion.PredictionType.SAMPLE;
import static dev.sluice.diffusion.PredictionType.V_PREDICTION;

import java.util.Arrays;
import java.util.List;

/**
 * Multistep DPM-Solver (Lu et al. 2022a, "DPM-Solver") and DPM-Solver++ (Lu et al. 2022b,
 * "DPM-Solver++", algorithm 2), orders 1 to 3, as ordinary and as stochastic equations. The
 * stochastic ones draw noise at every step, the others never.
 */
final class DpmSolverMultistepSampler extends TrainedSampler {

  /** With fewer steps, the last ones are made with a lower order to stay stable. */
  private static final int FEW_STEPS = 15;

  private final Clipping clipping;
  private final TimestepSpacing spacing;
  private final int stepsOffset;
  private final SigmaChoice choice;
  private final boolean luLambdas;
  private final double lambdaMinClipped;
  private final int order;

  /** DPM-Solver++ extrapolates x_0, DPM-Solver the noise. */
  private final boolean plusPlus;

  private final boolean stochastic;
  private final boolean heun;
  private final boolean lowerOrderFinal;
  private final boolean eulerAtFinal;

  DpmSolverMultistepSampler(SchedulerConfig config) {
    super(config, config.scheduleOfSigmas(), config.prediction(EPSILON, SAMPLE, V_PREDICTION));
    this.clipping = Clipping.thresholdOnly(config);
    this.spacing = config.spacing(TimestepSpacing.LINSPACE);
    this.stepsOffset = config.integer("steps_offset", 0);
    this.choice = new SigmaChoice(config, schedule);
    this.luLambdas = config.flag("use_lu_lambdas", false);
    this.lambdaMinClipped = config.real("lambda_min_clipped", Double.NEGATIVE_INFINITY);
    this.order = config.integer("solver_order", 2);
    // Names of other solvers stand for the closest of these, as in diffusers.
    String algorithm =
        config.choice(
            "algorithm_type",
            "dpmsolver++",
            List.of("dpmsolver", "dpmsolver++", "sde-dpmsolver", "sde-dpmsolver++", "deis"));
    this.plusPlus = algorithm.endsWith("++") || algorithm.equals("deis");
    this.stochastic = algorithm.startsWith("sde");
    this.heun =
        config
            .choice("solver_type", "midpoint", List.of("midpoint", "heun", "logrho", "bh1", "bh2"))
            .equals("heun");
    this.lowerOrderFinal = config.flag("lower_order_final", true);
    this.eulerAtFinal = config.flag("euler_at_final", false);
    if (order < 1 || order > 3) {
      throw config.wrong("solver_order", order, "1, 2 or 3");
    }
    if (order == 3 && stochastic) {
      throw config.wrong("solver_order", order, "1 or 2 for the stochastic " + algorithm);
    }
    if (!plusPlus && choice.endsAtZero()) {
      throw config.wrong("final_sigmas_type", "zero", "sigma_min for " + algorithm);
    }
  }

  @Override
  SamplingPlan planned(SamplingOptions options) {
    int steps = options.steps();
    if (options.hasTimesteps()) {
      choice.refuseTimesteps(name());
      if (luLambdas) {
        throw new IllegalArgumentException(name() + " with use_lu_lambdas accepts no timesteps");
      }
    }
    float[] trained = schedule.sigmas();
    float highest = trained[trained.length - 1];
    if (choice.isSpaced() || luLambdas) {
      double[] sigmas =
          choice.isSpaced()
              ? choice.spaced(highest, trained[0], steps)
              : luSigmas(highest, trained[0], steps);
      double[] timesteps = SigmaLadder.timestepsOf(sigmas, trained);
      for (int i = 0; i < steps; i++) {
        timesteps[i] = Math.rint(timesteps[i]);
      }
      return new Plan(SigmaLadder.of(timesteps, sigmas, choice.last()));
    }
    double[] timesteps = options.hasTimesteps() ? options.timesteps() : spaced(steps);
    double[] sigmas = SigmaLadder.interpolated(timesteps, trained);
    return new Plan(SigmaLadder.of(timesteps, sigmas, choice.last()));
  }

  /** One more timestep than steps is spaced, and the last one left out: it is the result's. */
  private double[] spaced(int steps) {
    int last = schedule.trainTimesteps() - clippedTimesteps();
    return switch (spacing) {
      case LINSPACE -> Arrays.copyOf(TimestepSpacing.LINSPACE.timesteps(last, steps + 1, 0), steps);
      case LEADING ->
          Arrays.copyOf(TimestepSpacing.leading(last / (steps + 1), steps + 1, stepsOffset), steps);
      case TRAILING -> TimestepSpacing.trailing(last, (double) schedule.trainTimesteps() / steps);
    };
  }

  /** How many of the noisiest timesteps have a half log-SNR lambda below the configured bound. */
  private int clippedTimesteps() {
    int clipped = 0;
    for (int t = schedule.trainTimesteps() - 1; t >= 0; t--) {
      float lambda = FloatMath.log(schedule.signal(t)) - FloatMath.log(schedule.noise(t));
      if (lambda >= (float) lambdaMinClipped) {
        break;
      }
      clipped++;
    }
    return clipped;
  }

  /** Evenly spaced lambdas: Lu et al. 2022a, section 3.3. */
  private static double[] luSigmas(float highest, float lowest, int steps) {
    double from = FloatMath.log(highest);
    double to = FloatMath.log(lowest);
    return Arrays.stream(TimestepSpacing.linspace(0, 1, steps))
        .map(ramp -> Math.exp(from + ramp * (to - from)))
        .toArray();
  }

  /**
   * A noise level in the variance-preserving form: alpha, sigma and lambda = log(alpha / sigma).
   */
  private record Level(float alpha, float sigma, float lambda) {

    static Level of(float exploding) {
      float alpha = 1 / FloatMath.sqrt(exploding * exploding + 1);
      float sigma = exploding * alpha;
      return new Level(alpha, sigma, FloatMath.log(alpha) - FloatMath.log(sigma));
    }
  }

  private final class Plan extends SamplingPlan {

    /** Outputs converted at earlier steps: {@code output.1} is the step before. */
    private static final String OUTPUT = "output.";

    private final float[] sigmas;

    Plan(SigmaLadder ladder) {
      super(ladder.timesteps());
      this.sigmas = ladder.sigmas();
    }

    @Override
    public float[] sigmas() {
      return sigmas.clone();
    }

    @Override
    public float[] addNoise(float[] original, float[] noise, float timestep) {
      Level level = Level.of(sigmas[indexOf(timestep)]);
      return FloatMath.combine(level.alpha(), original, level.sigma(), noise);
    }

    @Override
    public NoiseLevel level(int i) {
      Level level = Level.of(sigmas[i]);
      return new NoiseLevel(level.alpha(), level.sigma(), prediction);
    }

    @Override
    StepResult step(RunMemory memory, ModelOutput output, float[] sample, NoiseSource noise) {
      Level level = Level.of(sigmas[memory.index]);
      float[] original = original(output.prediction(), sample, level, memory.batch());
      float[] converted =
          plusPlus ? original : epsilon(output.prediction(), original, sample, level);
      float[] drawn = stochastic ? noise.randn(sample.length) : null;
      float[] next =
          switch (orderAt(memory)) {
            case 1 -> first(memory, converted, sample, drawn);
            case 2 -> second(memory, converted, sample, drawn);
            default -> third(memory, converted, sample);
          };
      remember(memory, converted);
      return new StepResult(next, original);
    }

    private int orderAt(RunMemory memory) {
      boolean few = lowerOrderFinal && length() < FEW_STEPS;
      int left = length() - memory.index;
      if (left == 1 && (eulerAtFinal || few || choice.endsAtZero())) {
        return 1;
      }
      if (sigmas[memory.index] == sigmas[memory.index + 1]) {
        // Karras' levels may end where final_sigmas_type does. The higher orders divide by the
        // length of such a step; the first leaves the sample as it is.
        return 1;
      }
      int possible = Math.min(order, memory.steps() + 1);
      return left == 2 && few ? Math.min(possible, 2) : possible;
    }

    private float[] original(float[] output, float[] sample, Level level, int batch) {
      float[] original = new float[sample.length];
      for (int i = 0; i < original.length; i++) {
        original[i] =
            switch (prediction) {
              case EPSILON -> (sample[i] - level.sigma() * output[i]) / level.alpha();
              case V_PREDICTION -> level.alpha() * sample[i] - level.sigma() * output[i];
              default -> output[i];
            };
      }
      return clipping.apply(original, batch);
    }

    /** The noise as DPM-Solver extrapolates it; from x_0 again if that was thresholded. */
    private float[] epsilon(float[] output, float[] original, float[] sample, Level level) {
      float[] epsilon = new float[sample.length];
      for (int i = 0; i < epsilon.length; i++) {
        if (clipping.isDynamic() || prediction == SAMPLE) {
          epsilon[i] = (sample[i] - level.alpha() * original[i]) / level.sigma();
        } else if (prediction == V_PREDICTION) {
          epsilon[i] = level.alpha() * output[i] + level.sigma() * sample[i];
        } else {
          epsilon[i] = output[i];
        }
      }
      return epsilon;
    }

    /** The step from one level to the next in the terms that all orders share. */
    private record Transition(
        float sampleScale, float outputScale, float noiseScale, float h, float growth) {}

    /**
     * DPM-Solver-1 (Lu et al. 2022a, equation 3.7) and DPM-Solver++ (Lu et al. 2022b, equation 9),
     * or their stochastic forms (2022b, equations 17 and 18). The next sample is sampleScale x +
     * outputScale D_0 + ..., where outputScale = scale growth.
     */
    private Transition transition(Level to, Level from) {
      float h = to.lambda() - from.lambda();
      if (plusPlus && !stochastic) {
        float growth = FloatMath.exp(-h) - 1;
        return new Transition(to.sigma() / from.sigma(), -(to.alpha() * growth), 0, h, growth);
      }
      if (plusPlus) {
        float growth = 1 - FloatMath.exp(-2 * h);
        return new Transition(
            to.sigma() / from.sigma() * FloatMath.exp(-h),
            to.alpha() * growth,
            to.sigma() * FloatMath.sqrt(1 - FloatMath.exp(-2 * h)),
            h,
            growth);
      }
      float growth = FloatMath.exp(h) - 1;
      if (!stochastic) {
        return new Transition(to.alpha() / from.alpha(), -(to.sigma() * growth), 0, h, growth);
      }
      return new Transition(
          to.alpha() / from.alpha(),
          -2 * (to.sigma() * growth),
          to.sigma() * FloatMath.sqrt(FloatMath.exp(2 * h) - 1),
          h,
          growth);
    }

    private float[] first(RunMemory memory, float[] output, float[] sample, float[] noise) {
      Transition step =
          transition(Level.of(sigmas[memory.index + 1]), Level.of(sigmas[memory.index]));
      float[] next = FloatMath.combine(step.sampleScale(), sample, step.outputScale(), output);
      return noise == null ? next : FloatMath.addTo(next, step.noiseScale(), noise);
    }

    private float[] second(RunMemory memory, float[] output, float[] sample, float[] noise) {
      Level to = Level.of(sigmas[memory.index + 1]);
      Level from = Level.of(sigmas[memory.index]);
      Level before = Level.of(sigmas[memory.index - 1]);
      Transition step = transition(to, from);
      float r0 = (from.lambda() - before.lambda()) / step.h();
      float slopeScale = heun ? heunScale(step, to) : 0.5f * step.outputScale();
      float[] m1 = memory.recall(OUTPUT + 1);
      float[] next = new float[sample.length];
      for (int i = 0; i < next.length; i++) {
        float slope = 1 / r0 * (output[i] - m1[i]);
        next[i] =
            step.sampleScale() * sample[i] + step.outputScale() * output[i] + slopeScale * slope;
      }
      return noise == null ? next : FloatMath.addTo(next, step.noiseScale(), noise);
    }

    /** The slope's coefficient where it is integrated exactly: Lu et al. 2022b, appendix B. */
    private float heunScale(Transition step, Level to) {
      if (plusPlus) {
        return stochastic
            ? to.alpha() * (step.growth() / (-2 * step.h()) + 1)
            : to.alpha() * (step.growth() / step.h() + 1);
      }
      float scale = -(to.sigma() * (step.growth() / step.h() - 1));
      return stochastic ? 2 * scale : scale;
    }

    private float[] third(RunMemory memory, float[] output, float[] sample) {
      Level to = Level.of(sigmas[memory.index + 1]);
      Level from = Level.of(sigmas[memory.index]);
      Level before = Level.of(sigmas[memory.index - 1]);
      Level earliest = Level.of(sigmas[memory.index - 2]);
      Transition step = transition(to, from);
      float h = step.h();
      float r0 = (from.lambda() - before.lambda()) / h;
      float r1 = (before.lambda() - earliest.lambda()) / h;
      float slopeScale = heunScale(step, to);
      float curveScale =
          plusPlus
              ? -(to.alpha() * ((step.growth() + h) / (h * h) - 0.5f))
              : -(to.sigma() * ((step.growth() - h) / (h * h) - 0.5f));
      float[] m1 = memory.recall(OUTPUT + 1);
      float[] m2 = memory.recall(OUTPUT + 2);
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

    private void remember(RunMemory memory, float[] converted) {
      for (int age = order - 1; age > 1; age--) {
        float[] younger = memory.tensors.get(OUTPUT + (age - 1));
        if (younger != null) {
          memory.tensors.put(OUTPUT + age, younger);
        }
      }
      if (order > 1) {
        memory.tensors.put(OUTPUT + 1, converted.clone());
      }
    }
  }
}
