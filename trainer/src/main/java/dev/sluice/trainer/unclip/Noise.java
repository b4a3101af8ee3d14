package dev.sluice.trainer.unclip;

import dev.sluice.diffusion.schedule.BetaSchedule;
import dev.sluice.diffusion.schedule.NoiseSchedule;
import java.util.random.RandomGenerator;

/** The forward process that every diffusion network of this model is trained with. */
final class Noise {

  static final int TIMESTEPS = 1000;
  static final NoiseSchedule SCHEDULE =
      NoiseSchedule.of(BetaSchedule.SQUARED_COS_CAP_V2, TIMESTEPS, 1e-4, 2e-2);

  private Noise() {}

  static float[] normal(RandomGenerator random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /**
   * Draws x_t of q(x_t | x_0), DDPM eq. 4.
   *
   * @return the noise that was added
   */
  static float[] add(float[] clean, int timestep, RandomGenerator random, float[] noisy, int at) {
    float[] noise = normal(random, clean.length);
    float[] sample = SCHEDULE.qSample(clean, noise, timestep);
    System.arraycopy(sample, 0, noisy, at, sample.length);
    return noise;
  }
}
