package dev.sluice.diffusion.schedule;

import dev.sluice.diffusion.math.FloatMath;
import java.util.function.DoubleUnaryOperator;

/** How the variance of the noise that is added in one forward step grows with the timestep. */
public enum BetaSchedule {
  /** Equal steps of beta: DDPM (Ho et al. 2020). */
  LINEAR("linear"),
  /** Equal steps of the square root of beta: latent diffusion (Rombach et al. 2022). */
  SCALED_LINEAR("scaled_linear"),
  /** alpha-bar follows a squared cosine: Improved DDPM (Nichol and Dhariwal 2021), equation 17. */
  SQUARED_COS_CAP_V2("squaredcos_cap_v2"),
  /** alpha-bar falls exponentially, by e^-12 in all. */
  EXP("exp"),
  /** The log-SNR is spread as a Laplace distribution: Hang et al. 2024, with diffusers' roots. */
  LAPLACE("laplace"),
  /** A logistic curve: GeoDiff (Xu et al. 2022). */
  SIGMOID("sigmoid");

  /** Improved DDPM caps beta just below 1, where the cosine's last step would divide by zero. */
  private static final double MAX_BETA = 0.999;

  private final String configName;

  BetaSchedule(String configName) {
    this.configName = configName;
  }

  public String configName() {
    return configName;
  }

  /** The betas of timesteps 0 to {@code count - 1}; the cosine schedule has no start and end. */
  float[] betas(int count, double start, double end) {
    return switch (this) {
      case LINEAR -> FloatMath.linspace(start, end, count);
      case SCALED_LINEAR -> {
        float[] betas = FloatMath.linspace(Math.sqrt(start), Math.sqrt(end), count);
        for (int t = 0; t < count; t++) {
          betas[t] *= betas[t];
        }
        yield betas;
      }
      case SQUARED_COS_CAP_V2 -> ofAlphaBars(count, BetaSchedule::cosineAlphaBar);
      case EXP -> ofAlphaBars(count, time -> Math.exp(-12 * time));
      case LAPLACE -> ofAlphaBars(count, BetaSchedule::laplaceAlphaBar);
      case SIGMOID -> {
        float[] betas = FloatMath.linspace(-6, 6, count);
        for (int t = 0; t < count; t++) {
          float logistic = (float) (1 / (1 + Math.exp(-betas[t])));
          betas[t] = logistic * (float) (end - start) + (float) start;
        }
        yield betas;
      }
    };
  }

  private static double cosineAlphaBar(double time) {
    double cosine = Math.cos((time + 0.008) / 1.008 * Math.PI / 2);
    return cosine * cosine;
  }

  private static double laplaceAlphaBar(double time) {
    double offset = 0.5 - time;
    double side = -0.5 * Math.copySign(1, offset);
    double snr = Math.exp(side * Math.log(1 - 2 * Math.abs(offset) + 1e-6));
    return Math.sqrt(snr / (1 + snr));
  }

  private static float[] ofAlphaBars(int count, DoubleUnaryOperator alphaBar) {
    float[] betas = new float[count];
    for (int t = 0; t < count; t++) {
      double ratio =
          alphaBar.applyAsDouble((t + 1.0) / count) / alphaBar.applyAsDouble((double) t / count);
      betas[t] = (float) Math.min(1 - ratio, MAX_BETA);
    }
    return betas;
  }
}
