package dev.sluice.launcher.instance;

/** A process of an instance, besides the broker. */
public enum Service {
  TEXT_ENCODER("text-encoder", "768m"),
  PRIOR("prior", "768m"),
  // A picture to paint into is 48 MB of floats at 2048x2048, several times over, for each task.
  DENOISER("denoiser", "1536m"),
  // So is each picture that is being finished.
  UPSCALER("upscaler", "2g"),
  // Sixteen such pictures in one answer, as files, in base64 and as JSON.
  GATEWAY("gateway", "3g"),
  /** Only where stages are scaled on their work. */
  SCALER("scaler", "256m"),
  /** The stages and the gateway. */
  TOGETHER("together", "3g");

  private final String label;
  private final String heap;

  Service(String label, String heap) {
    this.label = label;
    this.heap = heap;
  }

  /** The name in messages and of the log file. */
  public String label() {
    return label;
  }

  /**
   * The most of Java's heap, as {@code -Xmx} takes it. Weights lie elsewhere; the heap holds
   * messages and pictures, four of which are worked on at once.
   */
  String heap() {
    return heap;
  }

  /** The module's folder in the project. */
  public String folder() {
    return label + "-svc";
  }
}
