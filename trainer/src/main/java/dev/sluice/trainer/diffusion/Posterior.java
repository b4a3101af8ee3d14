package dev.sluice.trainer.diffusion;

import dev.sluice.diffusion.schedule.NoiseSchedule;

/**
 * q(x_{t-1} | x_t, x_0), which is normal with the mean {@code ofSample x_0 + ofNoised x_t}: DDPM
 * (Ho et al. 2020), eqs. 6 and 7.
 *
 * @param ofSample by timestep
 * @param ofNoised by timestep
 * @param variance beta-tilde, 0 at the first timestep
 */
record Posterior(double[] ofSample, double[] ofNoised, double[] variance) {

  static Posterior of(NoiseSchedule schedule) {
    int count = schedule.trainTimesteps();
    double[] ofSample = new double[count];
    double[] ofNoised = new double[count];
    double[] variance = new double[count];
    for (int t = 0; t < count; t++) {
      double before = t == 0 ? 1 : schedule.alphaBar(t - 1);
      double beta = schedule.beta(t);
      double left = 1 - schedule.alphaBar(t);
      ofSample[t] = Math.sqrt(before) * beta / left;
      ofNoised[t] = Math.sqrt(1 - beta) * (1 - before) / left;
      variance[t] = beta * (1 - before) / left;
    }
    return new Posterior(ofSample, ofNoised, variance);
  }
}
