package dev.sluice.diffusion;

import static dev.sluice.diffusion.PredictionType.EPSILON;
import static dev.sluice.diffusion.PredictionType.SAMPLE;
import static dev.sluice.diffusion.PredictionType.V_PREDICTION;

import java.util.Arrays;
import java.util.List;

/**
 * Euler's method on the probability flow, with optional churn: Karras et al. 2022, algorithm 2
 * without its second-order correction. Draws noise only in steps that churn.
 */
final class EulerSampler extends TrainedSampler {

  /** Algorithm 2: noise is at most multiplied by the square root of 2. */
  private static final double MOST_CHURN = Math.sqrt(2) - 1;

  private final TimestepSpacing spacing;
  private final int stepsOffset;
  private final SigmaChoice choice;
  private final boolean logLinear;
  private final boolean continuous;

  EulerSampler(SchedulerConfig config) {
    super(config, config.scheduleOfSigmas(), config.prediction(EPSILON, SAMPLE, V_PREDICTION));
    this.spacing = config.spacing(TimestepSpacing.LINSPACE);
    this.stepsOffset = config.integer("steps_offset", 0);
    this.choice = new SigmaChoice(config, schedule);
    this.logLinear =
        config
            .choice("interpolation_type", "linear", List.of("linear", "log_linear"))
            .equals("log_linear");
    this.continuous =
        prediction == V_PREDICTION
            && config
                .choice("timestep_type", "discrete", List.of("discrete", "continuous"))
                .equals("continuous");
  }

  @Override
  SamplingPlan planned(SamplingOptions options) {
    return new Plan(ladder(options), options.churn());
  }

  private SigmaLadder ladder(SamplingOptions options) {
    int steps = options.steps();
    if (options.hasTimesteps()) {
      choice.refuseTimesteps(name());
    }
    double[] timesteps =
        options.hasTimesteps()
            ? options.timesteps()
            : spaced(spacing, schedule.trainTimesteps(), steps, stepsOffset);
    float[] trained = schedule.sigmas();
    double[] sigmas =
        logLinear
            ? logLinear(trained, timesteps.length)
            : SigmaLadder.interpolated(timesteps, trained);
    if (choice.isSpaced()) {
      sigmas = choice.spaced(sigmas[0], sigmas[sigmas.length - 1], timesteps.length);
      timesteps = SigmaLadder.timestepsOf(sigmas, trained);
    }
    SigmaLadder ladder = SigmaLadder.of(timesteps, sigmas, choice.last());
    return continuous ? new SigmaLadder(quarterLogs(ladder.sigmas()), ladder.sigmas()) : ladder;
  }

  /** Linspace stays fractional here: the schedule is read between its whole timesteps. */
  static double[] spaced(TimestepSpacing spacing, int trainTimesteps, int steps, int offset) {
    if (spacing != TimestepSpacing.LINSPACE) {
      return spacing.timesteps(trainTimesteps, steps, offset);
    }
    double[] timesteps =
        TimestepSpacing.reversed(TimestepSpacing.linspace(0, trainTimesteps - 1, steps));
    for (int i = 0; i < steps; i++) {
      timesteps[i] = (float) timesteps[i];
    }
    return timesteps;
  }

  private static double[] logLinear(float[] trained, int steps) {
    double[] sigmas = SigmaLadder.exponential(trained[trained.length - 1], trained[0], steps + 1);
    return Arrays.copyOf(sigmas, steps);
  }

  /** The noise conditioning of continuous-time networks: Karras et al. 2022, table 1. */
  private static double[] quarterLogs(float[] sigmas) {
    double[] timesteps = new double[sigmas.length - 1];
    for (int i = 0; i < timesteps.length; i++) {
      timesteps[i] = 0.25f * FloatMath.log(sigmas[i]);
    }
    return timesteps;
  }

  private final class Plan extends SigmaPlan {

    private final Churn churn;

    Plan(SigmaLadder ladder, Churn churn) {
      super(ladder, EulerSampler.this.prediction, spacing != TimestepSpacing.LEADING);
      this.churn = churn;
    }

    @Override
    StepResult step(RunMemory memory, ModelOutput output, float[] sample, NoiseSource noise) {
      float sigma = sigma(memory.index);
      double gamma =
          sigma >= churn.minSigma() && sigma <= churn.maxSigma()
              ? Math.min(churn.amount() / length(), MOST_CHURN)
              : 0;
      float churned = sigma * (float) (gamma + 1);
      float[] current = sample;
      if (gamma > 0) {
        float[] drawn = noise.randn(sample.length);
        float added = FloatMath.sqrt(churned * churned - sigma * sigma);
        current = new float[sample.length];
        for (int i = 0; i < current.length; i++) {
          current[i] = sample[i] + drawn[i] * (float) churn.noise() * added;
        }
      }
      float[] original = predictOriginal(output.prediction(), current, sigma, churned);
      float[] next = euler(current, original, churned, sigma(memory.index + 1) - churned);
      return new StepResult(next, original);
    }
  }
}
