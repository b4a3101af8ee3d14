package dev.sluice.diffusion.prediction;

/** Where the variance of a reverse step comes from. */
public enum VarianceType {
  /** The posterior variance beta-tilde, DDPM (Ho et al. 2020), equation 7. */
  FIXED_SMALL("fixed_small"),
  /** As {@link #FIXED_SMALL}, by way of its logarithm. */
  FIXED_SMALL_LOG("fixed_small_log"),
  /** beta, DDPM section 3.2. */
  FIXED_LARGE("fixed_large"),
  /** As {@link #FIXED_LARGE}, by way of its logarithm. */
  FIXED_LARGE_LOG("fixed_large_log"),
  /** The network predicts the variance. */
  LEARNED("learned"),
  /**
   * The network predicts where between beta-tilde and beta the log-variance lies: Improved DDPM
   * (Nichol and Dhariwal 2021), equation 15.
   */
  LEARNED_RANGE("learned_range");

  private final String configName;

  VarianceType(String configName) {
    this.configName = configName;
  }

  public String configName() {
    return configName;
  }
}
