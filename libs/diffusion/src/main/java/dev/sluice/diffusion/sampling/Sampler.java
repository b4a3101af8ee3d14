package dev.sluice.diffusion.sampling;

import dev.sluice.diffusion.prediction.PredictionType;
import dev.sluice.diffusion.schedule.NoiseSchedule;
import java.util.Optional;

/**
 * A way to turn noise into a sample with a trained network. Immutable and free of per-image state;
 * {@code Samplers} makes one from a checkpoint's {@code scheduler_config.json}.
 */
public interface Sampler {

  /** The class that diffusers calls it by, for example {@code DDIMScheduler}. */
  String name();

  /** What the network's output is taken to mean. */
  PredictionType predictionType();

  /** The forward process; empty for flow matching, which has no discrete one. */
  Optional<NoiseSchedule> noiseSchedule();

  /**
   * The timesteps and coefficients of a generation.
   *
   * @throws IllegalArgumentException if this sampler cannot take the options, with what it can take
   */
  SamplingPlan plan(SamplingOptions options);

  /** A plan of that many steps with no further options. */
  default SamplingPlan plan(int steps) {
    return plan(SamplingOptions.ofSteps(steps));
  }
}
