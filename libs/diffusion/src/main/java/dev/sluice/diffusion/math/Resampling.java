package dev.sluice.diffusion.math;

import java.util.Arrays;

/**
 * Resizes images {@code [channels, height, width]} as {@code torch.nn.functional.interpolate} does.
 * Every method here is separable: rows and columns are resampled one after the other.
 */
public enum Resampling {
  /** The pixel that covers the output pixel's upper left corner. */
  NEAREST,
  /** Means of the input pixels that an output pixel covers ({@code area}). */
  AREA,
  /** Between the 2 nearest pixel centres of each axis. */
  BILINEAR,
  /** As {@link #BILINEAR}, with the corner pixels' centres of input and output aligned. */
  BILINEAR_ALIGN_CORNERS,
  /** As {@link #BILINEAR}, widened when shrinking ({@code antialias=True}). */
  BILINEAR_ANTIALIAS,
  /** Cubic convolution over the 4 nearest pixels, a = -0.75: Keys 1981. */
  BICUBIC,
  /** As {@link #BICUBIC}, with the corner pixels' centres of input and output aligned. */
  BICUBIC_ALIGN_CORNERS,
  /** Cubic convolution, a = -0.5, widened when shrinking ({@code antialias=True}), as Pillow. */
  BICUBIC_ANTIALIAS;

  private static final double KEYS = -0.75;
  private static final double PILLOW = -0.5;

  /**
   * Resizes an image.
   *
   * @param image {@code [channels, height, width]}, or any number of images as channels
   * @return {@code [channels, toHeight, toWidth]}
   */
  public float[] resize(
      float[] image, int channels, int height, int width, int toHeight, int toWidth) {
    if (channels < 1 || height < 1 || width < 1 || toHeight < 1 || toWidth < 1) {
      throw new IllegalArgumentException(
          "cannot resize [%d, %d, %d] to %d x %d"
              .formatted(channels, height, width, toHeight, toWidth));
    }
    if (image.length != (long) channels * height * width) {
      throw new IllegalArgumentException(
          "the image has %d values; [%d, %d, %d] needs %d"
              .formatted(image.length, channels, height, width, (long) channels * height * width));
    }
    // Rows are seen as [channels * height, width, 1], columns as [channels, height, toWidth].
    float[] wide = alongAxis(image, channels * height, width, 1, toWidth);
    return alongAxis(wide, channels, height, toWidth, toHeight);
  }

  /** Resamples the middle axis of {@code [outer, length, inner]} to {@code to} entries. */
  private float[] alongAxis(float[] image, int outer, int length, int inner, int to) {
    Taps[] taps = new Taps[to];
    for (int i = 0; i < to; i++) {
      taps[i] = taps(i, length, to);
    }
    float[] resized = new float[Math.multiplyExact(Math.multiplyExact(outer, to), inner)];
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < to; i++) {
        for (int k = 0; k < inner; k++) {
          double sum = 0;
          for (int j = 0; j < taps[i].weights.length; j++) {
            sum += taps[i].weights[j] * image[(o * length + taps[i].index(j, length)) * inner + k];
          }
          resized[(o * to + i) * inner + k] = (float) sum;
        }
      }
    }
    return resized;
  }

  /** The weights of consecutive input pixels from {@code first} on; beyond the edge it repeats. */
  private record Taps(int first, double[] weights) {

    int index(int j, int length) {
      return Math.max(0, Math.min(length - 1, first + j));
    }
  }

  private Taps taps(int i, int length, int to) {
    double scale = (double) length / to;
    return switch (this) {
      case NEAREST -> {
        int nearest = (int) Math.floor(i * ((float) length / to));
        yield new Taps(Math.min(nearest, length - 1), new double[] {1});
      }
      case AREA -> {
        int begin = (int) ((long) i * length / to);
        int end = (int) (((i + 1L) * length + to - 1) / to);
        double[] weights = new double[end - begin];
        Arrays.fill(weights, 1.0 / weights.length);
        yield new Taps(begin, weights);
      }
      case BILINEAR -> linear(Math.max(0, scale * (i + 0.5) - 0.5));
      case BILINEAR_ALIGN_CORNERS -> linear(alignedCentre(i, length, to));
      case BICUBIC -> cubic(scale * (i + 0.5) - 0.5);
      case BICUBIC_ALIGN_CORNERS -> cubic(alignedCentre(i, length, to));
      case BILINEAR_ANTIALIAS, BICUBIC_ANTIALIAS -> antialiased(i, length, scale);
    };
  }

  private static double alignedCentre(int i, int length, int to) {
    return to > 1 ? i * ((length - 1.0) / (to - 1)) : 0;
  }

  private static Taps linear(double centre) {
    int first = (int) Math.floor(centre);
    double fraction = centre - first;
    return new Taps(first, new double[] {1 - fraction, fraction});
  }

  private static Taps cubic(double centre) {
    int first = (int) Math.floor(centre) - 1;
    double[] weights = new double[4];
    for (int j = 0; j < weights.length; j++) {
      weights[j] = keys(centre - (first + j), KEYS);
    }
    return new Taps(first, weights);
  }

  /** The kernel stretched to cover all input pixels; cut off at the edges and normalised. */
  private Taps antialiased(int i, int length, double scale) {
    double stretch = Math.max(scale, 1);
    double support = (this == BICUBIC_ANTIALIAS ? 2 : 1) * stretch;
    double centre = scale * (i + 0.5);
    int first = Math.max((int) (centre - support + 0.5), 0);
    int end = Math.min((int) (centre + support + 0.5), length);
    double[] weights = new double[end - first];
    double sum = 0;
    for (int j = 0; j < weights.length; j++) {
      double distance = (j + first - centre + 0.5) / stretch;
      weights[j] =
          this == BICUBIC_ANTIALIAS ? keys(distance, PILLOW) : Math.max(0, 1 - Math.abs(distance));
      sum += weights[j];
    }
    for (int j = 0; j < weights.length; j++) {
      weights[j] /= sum;
    }
    return new Taps(first, weights);
  }

  /** Keys 1981, equation 4, with parameter a. */
  private static double keys(double distance, double a) {
    double x = Math.abs(distance);
    if (x < 1) {
      return ((a + 2) * x - (a + 3)) * x * x + 1;
    }
    return x < 2 ? ((x - 5) * x + 8) * x * a - 4 * a : 0;
  }
}
