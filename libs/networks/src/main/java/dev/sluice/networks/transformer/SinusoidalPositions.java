package dev.sluice.networks.transformer;

/**
 * Fixed positions of a picture's patches (Peebles and Xie 2023, section 3.2): sinusoids of each
 * patch's column, then of its row. diffusers' {@code get_2d_sincos_pos_embed}.
 */
public final class SinusoidalPositions {

  private SinusoidalPositions() {}

  /**
   * The positions of {@code rows x columns} patches. They run over the same range for every picture
   * size, that of the training pictures.
   *
   * @param width of each position's vector, divisible by 4
   * @param base rows and columns of the training pictures
   * @param scale by which positions are divided
   * @return {@code [rows * columns, width]}
   */
  public static float[] of(int rows, int columns, int width, int base, double scale) {
    int half = width / 2;
    float[] values = new float[rows * columns * width];
    int at = 0;
    for (int row = 0; row < rows; row++) {
      float y = place(row, rows, base, scale);
      for (int column = 0; column < columns; column++) {
        sinusoids(place(column, columns, base, scale), half, values, at);
        sinusoids(y, half, values, at + half);
        at += width;
      }
    }
    return values;
  }

  /** In float, as the reference rounds. */
  private static float place(int index, int count, int base, double scale) {
    return index / (float) ((double) count / base) / (float) scale;
  }

  private static void sinusoids(float position, int size, float[] values, int at) {
    int half = size / 2;
    for (int i = 0; i < half; i++) {
      double angle = position / Math.pow(10000, (double) i / half);
      values[at + i] = (float) Math.sin(angle);
      values[at + half + i] = (float) Math.cos(angle);
    }
  }
}
