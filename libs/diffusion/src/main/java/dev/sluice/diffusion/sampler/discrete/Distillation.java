package dev.sluice.diffusion.sampler.discrete;

import dev.sluice.diffusion.config.SchedulerMembers;
import dev.sluice.diffusion.sampling.SamplingOptions;
import dev.sluice.diffusion.sampling.UnusableStepsException;
import java.util.Arrays;

/** The timesteps that a model was distilled on, from which those of its samplers are taken. */
final class Distillation {

  private final SchedulerMembers config;
  private final int trainTimesteps;
  private final int configured;

  /** Whether steps that an option gives stand for the whole schedule, as in TCD's. */
  private final boolean givenMeansAll;

  Distillation(SchedulerMembers config, int trainTimesteps, boolean givenMeansAll) {
    this.config = config;
    this.trainTimesteps = trainTimesteps;
    this.givenMeansAll = givenMeansAll;
    this.configured = config.integer("original_inference_steps", 50);
    requireWithin(configured);
  }

  private void requireWithin(int steps) {
    if (steps < 1 || steps > trainTimesteps) {
      throw config.wrong("original_inference_steps", steps, "1 to " + trainTimesteps);
    }
  }

  /** Evenly from the top of the timesteps that the model was distilled on. */
  double[] timesteps(SamplingOptions options) {
    int original = options.originalSteps().orElse(configured);
    requireWithin(original);
    boolean all = givenMeansAll && options.originalSteps().isPresent();
    int known = (int) ((all ? trainTimesteps : original) * options.strength());
    if (options.hasTimesteps()) {
      return afterStrength(options);
    }
    int steps = options.steps();
    if (steps > known || steps > original) {
      throw new UnusableStepsException(
          "%s was distilled for %d steps, %d at this strength, and cannot make %d"
              .formatted(config.className(), original, Math.min(known, original), steps));
    }
    int stride = trainTimesteps / original;
    double[] timesteps = new double[steps];
    for (int i = 0; i < steps; i++) {
      int from = known - 1 - (int) Math.floor(i * ((double) known / steps));
      timesteps[i] = all ? from : (double) (from + 1) * stride - 1;
    }
    return timesteps;
  }

  private static double[] afterStrength(SamplingOptions options) {
    double[] timesteps = options.timesteps();
    int run = Math.min((int) (timesteps.length * options.strength()), timesteps.length);
    return Arrays.copyOfRange(timesteps, timesteps.length - run, timesteps.length);
  }
}
