package dev.sluice.diffusion.sampler.solver;

import dev.sluice.diffusion.config.SchedulerMembers;
import dev.sluice.diffusion.math.FloatMath;
import dev.sluice.diffusion.sampler.flow.FlowShift;
import dev.sluice.diffusion.sampler.sigma.SigmaChoice;
import dev.sluice.diffusion.sampling.SamplingOptions;
import dev.sluice.diffusion.schedule.NoiseSchedule;
import dev.sluice.diffusion.schedule.SigmaLadder;
import dev.sluice.diffusion.schedule.TimestepSpacing;
import java.util.Arrays;

/**
 * The noise levels of the solvers that step in lambda. They space one more timestep than steps and
 * leave the last one out: it is the result's.
 */
final class SolverLadders {

  /** Where a run ends. */
  enum End {
    /** At zero or the lowest trained level, as {@code final_sigmas_type} says. */
    CONFIGURED,
    /** The same, but at the level of the last step for levels that are spaced by themselves. */
    CONFIGURED_OR_LAST,
    /** Never at zero: at the lowest trained level, or that of the last step. */
    ABOVE_ZERO
  }

  /** As little below pure noise, where lambda would be infinite. */
  private static final double BELOW_PURE_NOISE = 1e-6;

  private final String sampler;
  private final NoiseSchedule schedule;
  private final SigmaChoice choice;
  private final TimestepSpacing spacing;
  private final int stepsOffset;
  private final double lambdaMinClipped;
  private final boolean luLambdas;
  private final FlowShift flow;
  private final End end;

  SolverLadders(SchedulerMembers config, NoiseSchedule schedule, End end) {
    this.sampler = config.className();
    this.schedule = schedule;
    this.choice = new SigmaChoice(config);
    this.spacing = config.spacing(TimestepSpacing.LINSPACE);
    this.stepsOffset = config.integer("steps_offset", 0);
    this.lambdaMinClipped = config.real("lambda_min_clipped", Double.NEGATIVE_INFINITY);
    this.luLambdas = config.flag("use_lu_lambdas", false);
    this.flow = config.flag("use_flow_sigmas", false) ? new FlowShift(config, "flow_shift") : null;
    this.end = end;
    if (flow != null && (choice.isSpaced() || luLambdas)) {
      throw config.wrong("use_flow_sigmas", true, "false where noise levels are spaced otherwise");
    }
  }

  Level.Form form() {
    return flow == null ? Level.Form.VARIANCE_PRESERVING : Level.Form.STRAIGHT;
  }

  boolean endsAtZero() {
    return end != End.ABOVE_ZERO && choice.endsAtZero();
  }

  SigmaLadder ladder(SamplingOptions options) {
    int steps = options.steps();
    choice.refuseTimesteps(sampler, options);
    if (options.hasTimesteps() && (luLambdas || flow != null)) {
      throw new IllegalArgumentException(
          "%s takes its timesteps from %s; it accepts no list"
              .formatted(sampler, flow == null ? "use_lu_lambdas" : "use_flow_sigmas"));
    }
    if (flow != null) {
      return flowing(options);
    }
    float[] trained = schedule.sigmas();
    float highest = trained[trained.length - 1];
    if (choice.isSpaced() || luLambdas) {
      double[] sigmas =
          choice.isSpaced()
              ? choice.spaced(highest, trained[0], steps)
              : luSigmas(highest, trained[0], steps);
      double[] timesteps = SigmaLadder.timestepsOf(sigmas, trained);
      boolean rounds = choice.isKarras() || luLambdas;
      for (int i = 0; i < steps; i++) {
        timesteps[i] = rounds ? Math.rint(timesteps[i]) : Math.floor(timesteps[i]);
      }
      return ended(timesteps, sigmas, end == End.CONFIGURED ? trained[0] : sigmas[steps - 1]);
    }
    double[] timesteps = options.hasTimesteps() ? options.timesteps() : spaced(steps);
    return ended(timesteps, SigmaLadder.interpolated(timesteps, trained), trained[0]);
  }

  private SigmaLadder ended(double[] timesteps, double[] sigmas, double lowest) {
    return SigmaLadder.of(timesteps, sigmas, endsAtZero() ? 0 : (float) lowest);
  }

  /** Noise levels of rectified flow; UniPC's begin at pure noise, the others' just below. */
  private SigmaLadder flowing(SamplingOptions options) {
    int steps = options.steps();
    double[] even = TimestepSpacing.linspace(1, 1.0 / schedule.trainTimesteps(), steps + 1);
    double[] sigmas = new double[steps];
    for (int i = 0; i < steps; i++) {
      sigmas[i] = end == End.CONFIGURED_OR_LAST ? even[i] : 1 - even[steps - i];
    }
    sigmas = flow.shifted(sigmas, options);
    if (Math.abs(sigmas[0] - 1) < BELOW_PURE_NOISE) {
      sigmas[0] -= BELOW_PURE_NOISE;
    }
    double[] timesteps = new double[steps];
    for (int i = 0; i < steps; i++) {
      timesteps[i] = Math.floor(sigmas[i] * schedule.trainTimesteps());
    }
    return ended(timesteps, sigmas, end == End.CONFIGURED ? schedule.sigma(0) : sigmas[steps - 1]);
  }

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
}
