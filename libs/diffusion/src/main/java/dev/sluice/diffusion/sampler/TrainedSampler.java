package dev.sluice.diffusion.sampler;

import dev.sluice.diffusion.config.Ability;
import dev.sluice.diffusion.config.SamplerTraits;
import dev.sluice.diffusion.config.SchedulerMembers;
import dev.sluice.diffusion.prediction.PredictionType;
import dev.sluice.diffusion.sampling.Sampler;
import dev.sluice.diffusion.sampling.SamplingOptions;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.diffusion.sampling.UnusableStepsException;
import dev.sluice.diffusion.schedule.NoiseSchedule;
import java.util.Arrays;
import java.util.Optional;

/** What all samplers share: a name, what the network predicts, and checks of what is asked. */
public abstract class TrainedSampler implements Sampler {

  /** If none of these work, it is not their number that is wrong. */
  private static final int[] USUAL_STEPS = {50, 20, 10, 4, 2};

  protected final NoiseSchedule schedule;
  protected final PredictionType prediction;
  private final SamplerTraits kind;
  private final int trainTimesteps;

  /**
   * @param schedule null for samplers that know none of discrete timesteps
   */
  protected TrainedSampler(
      SchedulerMembers config, NoiseSchedule schedule, PredictionType prediction) {
    this.kind = config.sampler();
    this.schedule = schedule;
    this.prediction = prediction;
    this.trainTimesteps =
        schedule == null ? config.integer("num_train_timesteps", 1000) : schedule.trainTimesteps();
    if (trainTimesteps < 1) {
      throw config.wrong("num_train_timesteps", trainTimesteps, "1 or more");
    }
  }

  @Override
  public final String name() {
    return kind.className();
  }

  @Override
  public final PredictionType predictionType() {
    return prediction;
  }

  @Override
  public final Optional<NoiseSchedule> noiseSchedule() {
    return Optional.ofNullable(schedule);
  }

  protected final int trainTimesteps() {
    return trainTimesteps;
  }

  @Override
  public final SamplingPlan plan(SamplingOptions options) {
    if (options.hasTimesteps()) {
      require(Ability.LISTED, "timesteps");
    }
    if (options.hasSigmas()) {
      require(Ability.SIGMAS_LISTED, "sigmas");
    }
    try {
      return tried(options);
    } catch (UnusableStepsException e) {
      throw options.isList() ? e : withAdvice(e, options);
    }
  }

  private void require(Ability ability, String what) {
    if (!kind.can(ability)) {
      throw new IllegalArgumentException(
          "%s chooses its own %s; give it a number of steps, or choose one of %s"
              .formatted(name(), what, kind.othersThatCan(ability)));
    }
  }

  private SamplingPlan tried(SamplingOptions options) {
    if (options.steps() > trainTimesteps) {
      throw new UnusableStepsException(
          "%s cannot make %d steps: the model's schedule has %d timesteps"
              .formatted(name(), options.steps(), trainTimesteps));
    }
    SamplingPlan plan = planned(options);
    int bad = plan.firstUnusable();
    if (bad >= 0) {
      throw new UnusableStepsException(
          "%s cannot make %d steps of the model's schedule: step %d, at timestep %s, would divide by zero"
              .formatted(name(), options.steps(), bad + 1, plan.timestep(bad)));
    }
    return plan;
  }

  private IllegalArgumentException withAdvice(UnusableStepsException e, SamplingOptions options) {
    if (Arrays.stream(USUAL_STEPS).noneMatch(steps -> works(steps, options))) {
      return e;
    }
    int steps = Math.min(options.steps() - 1, trainTimesteps);
    while (!works(steps, options)) {
      steps--;
    }
    return new IllegalArgumentException(
        "%s; the most steps that work are %d".formatted(e.getMessage(), steps), e);
  }

  private boolean works(int steps, SamplingOptions options) {
    if (steps >= options.steps()) {
      return false;
    }
    try {
      tried(options.withSteps(steps));
      return true;
    } catch (IllegalArgumentException refused) {
      return false;
    }
  }

  /**
   * The plan for options that this sampler knows; it is checked for numbers that are not finite.
   */
  protected abstract SamplingPlan planned(SamplingOptions options);
}
