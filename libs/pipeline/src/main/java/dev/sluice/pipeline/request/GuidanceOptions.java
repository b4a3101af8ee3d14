package dev.sluice.pipeline.request;

/**
 * What a request wants of guidance besides classifier-free guidance's scale.
 *
 * @param rescale how far guided predictions are brought back to the contrast of unguided ones, 0 to
 *     1 (Lin et al. 2023, "Common Diffusion Noise Schedules and Sample Steps are Flawed", section
 *     3.4)
 * @param start the share of the noise schedule, 0 (pure noise) to 1 (the picture), from which on
 *     predictions are guided; before it, the network is asked about the condition only
 * @param end the share up to which they are guided (Kynk&auml;&auml;nniemi et al. 2024, "Applying
 *     Guidance in a Limited Interval Improves Sample and Distribution Quality in Diffusion Models")
 * @param classifierScale how strongly a classifier of noisy samples steers towards the request's
 *     class; 0 for not at all
 * @param clipScale how strongly CLIP steers towards the request's caption; 0 for not at all
 */
public record GuidanceOptions(
    double rescale, double start, double end, double classifierScale, double clipScale) {

  /** All of the schedule, as guidance makes it. */
  public static final GuidanceOptions PLAIN = new GuidanceOptions(0, 0, 1);

  public GuidanceOptions {
    requireShare("guidance_rescale", rescale);
    requireShare("guidance_start", start);
    requireShare("guidance_end", end);
    requireScale("classifier_scale", classifierScale);
    requireScale("clip_scale", clipScale);
    if (start > end) {
      throw new IllegalArgumentException(
          "guidance_start is %s and guidance_end %s; expected the end after the start"
              .formatted(start, end));
    }
  }

  /** Guided by the denoiser alone. */
  public GuidanceOptions(double rescale, double start, double end) {
    this(rescale, start, end, 0, 0);
  }

  /**
   * Refuses what only denoisers of pictures know.
   *
   * @param stage for the message
   */
  public void requireUnsteered(String stage) {
    if (classifierScale > 0 || clipScale > 0) {
      throw new IllegalArgumentException(
          "classifier_scale and clip_scale guide the denoiser; leave them out of the %s"
              .formatted(stage));
    }
  }

  private static void requireScale(String name, double scale) {
    if (!(scale >= 0 && Double.isFinite(scale))) {
      throw new IllegalArgumentException(name + " is " + scale + "; expected 0 or more");
    }
  }

  private static void requireShare(String name, double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException(name + " is " + share + "; expected 0 to 1");
    }
  }
}
