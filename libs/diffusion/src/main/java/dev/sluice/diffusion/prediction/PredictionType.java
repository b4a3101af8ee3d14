package dev.sluice.diffusion.prediction;

/** What the network's output means. */
public enum PredictionType {
  /** The noise in the sample: DDPM (Ho et al. 2020), equation 14. */
  EPSILON("epsilon"),
  /** The clean sample x_0 itself, as unCLIP's prior predicts it (Ramesh et al. 2022). */
  SAMPLE("sample"),
  /** v = sqrt(alpha-bar) noise - sqrt(1 - alpha-bar) x_0: Salimans and Ho 2022, appendix D. */
  V_PREDICTION("v_prediction"),
  /** The velocity noise - x_0 of a straight path: rectified flow (Liu et al. 2022). */
  FLOW("flow_prediction");

  private final String configName;

  PredictionType(String configName) {
    this.configName = configName;
  }

  public String configName() {
    return configName;
  }
}
