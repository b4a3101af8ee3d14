package dev.sluice.trainer.diffusion;

import dev.sluice.diffusion.prediction.PredictionType;
import java.util.Optional;

/**
 * What a network says of a noised sample: {@code ofSample x_0 + ofNoise n}, with factors that may
 * depend on the timestep.
 */
public enum Prediction {
  /** n: DDPM (Ho et al. 2020), eq. 14. */
  NOISE(PredictionType.EPSILON),
  /** x_0: unCLIP (Ramesh et al. 2022), eq. 2. */
  SAMPLE(PredictionType.SAMPLE),
  /** signal n - noise x_0: Salimans and Ho 2022, appendix D. */
  VELOCITY(PredictionType.V_PREDICTION),
  /** n - x_0: rectified flow (Liu et al. 2022). */
  FLOW(PredictionType.FLOW),
  /** The mean of q(x_{t-1} | x_t, x_0): DDPM, eq. 8, which no sampler of diffusers reads. */
  MEAN(null);

  private final PredictionType type;

  Prediction(PredictionType type) {
    this.type = type;
  }

  /** What a sampler's config calls it; empty if it has no name for it. */
  public Optional<PredictionType> type() {
    return Optional.ofNullable(type);
  }

  /** The factor of the clean sample. */
  public double ofSample(ForwardProcess process, int t) {
    return switch (this) {
      case NOISE -> 0;
      case SAMPLE -> 1;
      case VELOCITY -> -process.noise()[t];
      case FLOW -> -1;
      case MEAN -> {
        Posterior posterior = Posterior.of(process.requireBetas("mean prediction"));
        yield posterior.ofSample()[t] + posterior.ofNoised()[t] * process.signal()[t];
      }
    };
  }

  /** The factor of the noise. */
  public double ofNoise(ForwardProcess process, int t) {
    return switch (this) {
      case NOISE, FLOW -> 1;
      case SAMPLE -> 0;
      case VELOCITY -> process.signal()[t];
      case MEAN -> {
        Posterior posterior = Posterior.of(process.requireBetas("mean prediction"));
        yield posterior.ofNoised()[t] * process.noise()[t];
      }
    };
  }

  /**
   * How far an answer is off for each unit by which the noise that it stands for is, the noised
   * sample being what it is.
   */
  public double perNoise(ForwardProcess process, int t) {
    return ofNoise(process, t) - ofSample(process, t) * process.noise()[t] / process.signal()[t];
  }
}
