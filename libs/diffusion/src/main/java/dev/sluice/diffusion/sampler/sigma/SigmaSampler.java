package dev.sluice.diffusion.sampler.sigma;

import dev.sluice.diffusion.config.SchedulerMembers;
import dev.sluice.diffusion.prediction.PredictionType;
import dev.sluice.diffusion.sampler.TrainedSampler;
import dev.sluice.diffusion.sampling.SamplingOptions;
import dev.sluice.diffusion.schedule.NoiseSchedule;
import dev.sluice.diffusion.schedule.SigmaLadder;
import dev.sluice.diffusion.schedule.TimestepSpacing;

/** What the samplers that follow the probability flow in sigma share. */
abstract class SigmaSampler extends TrainedSampler {

  private final TimestepSpacing spacing;
  private final int stepsOffset;
  private final SigmaChoice choice;

  SigmaSampler(SchedulerMembers config, NoiseSchedule schedule, PredictionType prediction) {
    super(config, schedule, prediction);
    this.spacing = config.spacing(TimestepSpacing.LINSPACE);
    this.stepsOffset = config.integer("steps_offset", 0);
    this.choice = new SigmaChoice(config);
  }

  /**
   * Timesteps with the noise levels of each.
   *
   * @param sigmas as many as timesteps, or more
   */
  record Rungs(double[] timesteps, double[] sigmas) {}

  /** Whether the first step is at the highest trained noise level. */
  final boolean reachesLastTimestep() {
    return spacing != TimestepSpacing.LEADING;
  }

  final SigmaChoice choice() {
    return choice;
  }

  /** What the options and the configuration ask for, before the level of the result. */
  final Rungs rungs(SamplingOptions options) {
    choice.refuseTimesteps(name(), options);
    double[] timesteps = options.hasTimesteps() ? options.timesteps() : spaced(options.steps());
    double[] sigmas = sigmasAt(timesteps);
    if (!choice.isSpaced()) {
      return new Rungs(timesteps, sigmas);
    }
    double[] spaced = choice.spaced(sigmas[0], sigmas[sigmas.length - 1], timesteps.length);
    return new Rungs(SigmaLadder.timestepsOf(spaced, schedule.sigmas()), spaced);
  }

  double[] sigmasAt(double[] timesteps) {
    return SigmaLadder.interpolated(timesteps, schedule.sigmas());
  }

  /** Linspace stays fractional here: the schedule is read between its whole timesteps. */
  private double[] spaced(int steps) {
    if (spacing != TimestepSpacing.LINSPACE) {
      return spacing.timesteps(schedule.trainTimesteps(), steps, stepsOffset);
    }
    double[] timesteps =
        TimestepSpacing.reversed(TimestepSpacing.linspace(0, schedule.trainTimesteps() - 1, steps));
    for (int i = 0; i < steps; i++) {
      timesteps[i] = (float) timesteps[i];
    }
    return timesteps;
  }
}
