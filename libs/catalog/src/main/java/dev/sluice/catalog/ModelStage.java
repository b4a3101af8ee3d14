package dev.sluice.catalog;

/** The services that make a picture. */
public enum ModelStage {
  TEXT_ENCODER("text-encoder"),
  PRIOR("prior"),
  DENOISER("denoiser"),
  UPSCALER("upscaler");

  private final String label;

  ModelStage(String label) {
    this.label = label;
  }

  @Override
  public String toString() {
    return label;
  }
}
