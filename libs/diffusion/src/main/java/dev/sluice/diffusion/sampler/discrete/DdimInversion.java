package dev.sluice.diffusion.sampler.discrete;

import dev.sluice.diffusion.math.FloatMath;
import dev.sluice.diffusion.prediction.ModelOutput;
import dev.sluice.diffusion.prediction.PredictionType;
import dev.sluice.diffusion.random.NoiseSource;
import dev.sluice.diffusion.sampling.RunMemory;
import dev.sluice.diffusion.sampling.StepResult;
import dev.sluice.diffusion.schedule.NoiseSchedule;
import java.util.Arrays;

/**
 * The way back from a clean sample to the noise that {@link DdimSampler} would make it from: the
 * ODE of Song et al. 2021 ("Denoising Diffusion Implicit Models", section 4.3 and equation 14)
 * integrated in the other direction, over the same timesteps. The network is told the noise level
 * of the sample that it is shown; a clean one counts as one of the lowest level.
 */
public final class DdimInversion extends AlphaBarPlan {

  /** The levels that the steps lead to, ascending. */
  private final int[] reached;

  /**
   * @param sampling descending timesteps of the sampler
   */
  public DdimInversion(NoiseSchedule schedule, PredictionType prediction, float[] sampling) {
    super(schedule, prediction, told(sampling));
    this.reached = new int[sampling.length];
    for (int i = 0; i < reached.length; i++) {
      reached[i] = (int) sampling[sampling.length - 1 - i];
    }
  }

  private static double[] told(float[] sampling) {
    double[] told = new double[sampling.length];
    Arrays.setAll(told, i -> sampling[sampling.length - Math.max(1, i)]);
    return told;
  }

  @Override
  protected StepResult step(
      RunMemory memory, ModelOutput output, float[] sample, NoiseSource noise) {
    int to = reached[memory.index()];
    float[] original;
    float[] epsilon = level(memory.index()).noise(output.prediction(), sample);
    if (memory.index() == 0) {
      original = sample;
    } else {
      original = predictOriginal(output.prediction(), sample, reached[memory.index() - 1]);
    }
    float[] next = FloatMath.combine(schedule.signal(to), original, schedule.noise(to), epsilon);
    return new StepResult(next, original);
  }
}
