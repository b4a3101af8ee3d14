package dev.sluice.planning.picture;

import dev.sluice.diffusion.math.Resampling;

/**
 * A picture's pixels.
 *
 * @param width at least 1
 * @param height at least 1
 * @param argb row by row: opacity, red, green and blue from the highest byte to the lowest, of
 *     sRGB, the colors not multiplied by the opacity
 */
public record Pixels(int width, int height, int[] argb) {

  private static final int OPAQUE = 0xff;
  private static final int CHANNELS = 4;

  /** One row after the other of a picture that need not be in memory. */
  interface Rows {
    /**
     * @param argb to be filled with row {@code y}, as {@link Pixels#argb}
     */
    void read(int y, int[] argb);
  }

  public int at(int x, int y) {
    return argb[y * width + x];
  }

  /** 0 for red to 2 for blue, 3 for opacity; 0 to 255. */
  public static int value(int argb, int channel) {
    return channel == 3 ? argb >>> 24 : argb >> 8 * (2 - channel) & 0xff;
  }

  public boolean isOpaque() {
    for (int pixel : argb) {
      if (pixel >>> 24 != OPAQUE) {
        return false;
      }
    }
    return true;
  }

  /** The picture as it looks on white paper; opaque. */
  public Pixels onWhite() {
    if (isOpaque()) {
      return this;
    }
    int[] flat = new int[argb.length];
    for (int i = 0; i < flat.length; i++) {
      int opacity = argb[i] >>> 24;
      int color = OPAQUE;
      for (int channel = 0; channel < 3; channel++) {
        int mixed = value(argb[i], channel) * opacity + OPAQUE * (OPAQUE - opacity);
        color = color << 8 | (mixed + OPAQUE / 2) / OPAQUE;
      }
      flat[i] = color;
    }
    return new Pixels(width, height, flat);
  }

  /**
   * Means over squares of pixels, weighted with their opacity.
   *
   * @param side of a square; those at the right and lower edges may be smaller
   */
  static Pixels averaged(Rows rows, int width, int height, int side) {
    int columns = (width + side - 1) / side;
    int lines = (height + side - 1) / side;
    int[] means = new int[columns * lines];
    int[] row = new int[width];
    for (int line = 0; line < lines; line++) {
      long[] sums = new long[columns * CHANNELS];
      int count = Math.min(side, height - line * side);
      for (int y = line * side; y < line * side + count; y++) {
        rows.read(y, row);
        add(row, side, sums);
      }
      for (int column = 0; column < columns; column++) {
        int area = count * Math.min(side, width - column * side);
        means[line * columns + column] = mean(sums, column * CHANNELS, area);
      }
    }
    return new Pixels(columns, lines, means);
  }

  private static void add(int[] row, int side, long[] sums) {
    for (int x = 0; x < row.length; x++) {
      int at = x / side * CHANNELS;
      int opacity = row[x] >>> 24;
      sums[at + 3] += opacity;
      for (int channel = 0; channel < 3; channel++) {
        sums[at + channel] += (long) opacity * value(row[x], channel);
      }
    }
  }

  private static int mean(long[] sums, int at, int area) {
    long opacity = sums[at + 3];
    int pixel = (int) ((opacity + area / 2) / area);
    for (int channel = 0; channel < 3; channel++) {
      pixel = pixel << 8 | (int) (opacity == 0 ? 0 : (sums[at + channel] + opacity / 2) / opacity);
    }
    return pixel;
  }

  /**
   * The picture at another size, by cubic convolution that takes in all pixels when it shrinks. Far
   * smaller ones are made of means first, as Pillow does with {@code reducing_gap}.
   */
  public Pixels scaledTo(int toWidth, int toHeight) {
    if (toWidth == width && toHeight == height) {
      return this;
    }
    int gap = Math.min(width / toWidth, height / toHeight) / 3;
    if (gap > 1) {
      return averaged(
              (y, row) -> System.arraycopy(argb, y * width, row, 0, width), width, height, gap)
          .scaledTo(toWidth, toHeight);
    }
    // Colors count as much as they are seen.
    float[] opacities = resized(3, toWidth, toHeight);
    int[] scaled = new int[toWidth * toHeight];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = clamped(opacities[i]) << 24;
    }
    for (int channel = 0; channel < 3; channel++) {
      float[] values = resized(channel, toWidth, toHeight);
      for (int i = 0; i < scaled.length; i++) {
        if (scaled[i] >>> 24 != 0) {
          scaled[i] |= clamped(values[i] * OPAQUE / opacities[i]) << 8 * (2 - channel);
        }
      }
    }
    return new Pixels(toWidth, toHeight, scaled);
  }

  private float[] resized(int channel, int toWidth, int toHeight) {
    float[] values = new float[argb.length];
    for (int i = 0; i < values.length; i++) {
      int opacity = argb[i] >>> 24;
      values[i] = channel == 3 ? opacity : value(argb[i], channel) * opacity / (float) OPAQUE;
    }
    return Resampling.BICUBIC_ANTIALIAS.resize(values, 1, height, width, toHeight, toWidth);
  }

  private static int clamped(float value) {
    return Math.max(0, Math.min(OPAQUE, Math.round(value)));
  }
}
