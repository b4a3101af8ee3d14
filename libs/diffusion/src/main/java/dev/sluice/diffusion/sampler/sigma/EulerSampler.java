package dev.sluice.diffusion.sampler.sigma;

import static dev.sluice.diffusion.prediction.PredictionType.EPSILON;
import static dev.sluice.diffusion.prediction.PredictionType.SAMPLE;
import static dev.sluice.diffusion.prediction.PredictionType.V_PREDICTION;

import dev.sluice.diffusion.config.SchedulerMembers;
import dev.sluice.diffusion.math.FloatMath;
import dev.sluice.diffusion.prediction.ModelOutput;
import dev.sluice.diffusion.random.NoiseSource;
import dev.sluice.diffusion.sampling.Churn;
import dev.sluice.diffusion.sampling.RunMemory;
import dev.sluice.diffusion.sampling.SamplingOptions;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.diffusion.sampling.StepResult;
import dev.sluice.diffusion.schedule.SigmaLadder;
import java.util.Arrays;
import java.util.List;

/**
 * Euler's method on the probability flow, with optional churn: Karras et al. 2022, algorithm 2
 * without its second-order correction. Draws noise only in steps that churn.
 */
public final class EulerSampler extends SigmaSampler {

  private final boolean logLinear;
  private final boolean continuous;

  public EulerSampler(SchedulerMembers config) {
    super(config, config.scheduleOfSigmas(), config.prediction(EPSILON, SAMPLE, V_PREDICTION));
    this.logLinear =
        config
            .choice("interpolation_type", "linear", List.of("linear", "log_linear"))
            .equals("log_linear");
    boolean logs =
        config
            .choice("timestep_type", "discrete", List.of("discrete", "continuous"))
            .equals("continuous");
    this.continuous = logs && prediction == V_PREDICTION;
  }

  @Override
  protected SamplingPlan planned(SamplingOptions options) {
    SigmaLadder ladder = options.hasSigmas() ? given(options.sigmas()) : chosen(options);
    return new Plan(
        continuous ? new SigmaLadder(quarterLogs(ladder.sigmas()), ladder.sigmas()) : ladder,
        options.churn());
  }

  private SigmaLadder chosen(SamplingOptions options) {
    if (continuous && options.hasTimesteps()) {
      throw new IllegalArgumentException(
          name() + " takes no list of timesteps where timestep_type is continuous");
    }
    Rungs rungs = rungs(options);
    float last = choice().endsAtZero() ? 0 : schedule.sigma(0);
    return SigmaLadder.of(rungs.timesteps(), rungs.sigmas(), last);
  }

  private SigmaLadder given(double[] sigmas) {
    int steps = sigmas.length - 1;
    double[] steppedFrom = Arrays.copyOf(sigmas, steps);
    return SigmaLadder.of(
        SigmaLadder.timestepsOf(steppedFrom, schedule.sigmas()),
        steppedFrom,
        (float) sigmas[steps]);
  }

  /** With evenly spaced logarithms there is one level more than steps, before the last. */
  @Override
  double[] sigmasAt(double[] timesteps) {
    float[] trained = schedule.sigmas();
    return logLinear
        ? SigmaLadder.exponential(trained[trained.length - 1], trained[0], timesteps.length + 1)
        : super.sigmasAt(timesteps);
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
      super(ladder, EulerSampler.this.prediction, reachesLastTimestep());
      this.churn = churn;
    }

    @Override
    protected StepResult step(
        RunMemory memory, ModelOutput output, float[] sample, NoiseSource noise) {
      float sigma = sigma(memory.index());
      Churn.Churned churned = churn.applied(sample, sigma, intervals(), noise);
      float[] original =
          predictOriginal(output.prediction(), churned.sample(), sigma, churned.sigma());
      float[] next =
          euler(
              churned.sample(),
              original,
              churned.sigma(),
              sigma(memory.index() + 1) - churned.sigma());
      return new StepResult(next, original);
    }
  }
}
