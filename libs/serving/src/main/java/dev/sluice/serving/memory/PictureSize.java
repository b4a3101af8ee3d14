package dev.sluice.serving.memory;

/**
 * How large the picture is that a task makes.
 *
 * @param height 0 for the model's own
 * @param width as {@code height}
 * @param isSample whether both count values of the model's samples, not pixels
 * @param isGiven whether the picture comes with the task
 */
public record PictureSize(int height, int width, boolean isSample, boolean isGiven) {

  /** The model's own. */
  public static final PictureSize OWN = new PictureSize(0, 0, false, false);

  /** In pixels. */
  public static PictureSize pixels(int height, int width) {
    return new PictureSize(height, width, false, false);
  }

  /** Of a sample, a latent for instance. */
  public static PictureSize sample(int height, int width) {
    return new PictureSize(height, width, true, false);
  }

  /** In pixels, of a picture that comes with the task. */
  public static PictureSize given(int height, int width) {
    return new PictureSize(height, width, false, true);
  }

  boolean isOwn() {
    return height == 0 || width == 0;
  }

  /** The same in pixels. */
  PictureSize inPixels(int downscale) {
    return isSample ? pixels(height * downscale, width * downscale) : this;
  }

  long area() {
    return (long) height * width;
  }
}
