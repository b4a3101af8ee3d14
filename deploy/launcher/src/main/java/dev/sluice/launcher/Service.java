package dev.sluice.launcher;

/** The processes of an instance, besides the broker. */
enum Service {
  TEXT_ENCODER("text-encoder"),
  PRIOR("prior"),
  DENOISER("denoiser"),
  UPSCALER("upscaler"),
  GATEWAY("gateway");

  private final String label;

  Service(String label) {
    this.label = label;
  }

  /** The name in messages and of the log file. */
  String label() {
    return label;
  }

  /** The module's folder in the project. */
  String folder() {
    return label + "-svc";
  }
}
