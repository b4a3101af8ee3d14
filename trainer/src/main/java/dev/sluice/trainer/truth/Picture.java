package dev.sluice.trainer.truth;

import static dev.sluice.trainer.shapes.SceneLayout.PICTURE_SIZE;

import dev.sluice.diffusion.math.Resampling;
import java.util.Arrays;

/** Read access to a picture whose shorter side has 64 pixels. */
final class Picture {

  private final Grid grid;
  private final Rgb[] colors;

  private Picture(Grid grid, Rgb[] colors) {
    this.grid = grid;
    this.colors = colors;
  }

  /**
   * A picture of this size, or one that is enlarged to it by cubic convolution.
   *
   * @param given {@code [3, height, width]} in [-1, 1], the shorter side 64, or a half or a quarter
   *     of that; values outside are clamped
   */
  static Picture of(float[] given, int width, int height) {
    int side = Math.min(width, height);
    if (given.length != 3 * width * height || side < PICTURE_SIZE / 4 || PICTURE_SIZE % side != 0) {
      throw new IllegalArgumentException(
          "A picture must be [3, %d, %d] or of another longer side, or a half or a quarter of that size; got %d values for [3, %d, %d]"
              .formatted(PICTURE_SIZE, PICTURE_SIZE, given.length, height, width));
    }
    int times = PICTURE_SIZE / side;
    Grid grid = new Grid(times * width, times * height);
    float[] pixels =
        times == 1
            ? given
            : Resampling.BICUBIC.resize(given, 3, height, width, grid.height(), grid.width());
    int all = grid.pixels();
    Rgb[] colors = new Rgb[all];
    for (int i = 0; i < all; i++) {
      colors[i] = new Rgb(unit(pixels[i]), unit(pixels[all + i]), unit(pixels[2 * all + i]));
    }
    return new Picture(grid, colors);
  }

  /** NaN reads as black, so that a broken picture is judged instead of breaking the judge. */
  private static double unit(float value) {
    return Float.isNaN(value) ? 0 : Math.max(0, Math.min(1, (value + 1) / 2.0));
  }

  Grid grid() {
    return grid;
  }

  Rgb at(int pixel) {
    return colors[pixel];
  }

  /** The picture with every pixel the mean of its 3x3 neighbourhood. */
  Picture smoothed() {
    Rgb[] smooth = new Rgb[grid.pixels()];
    for (int y = 0; y < grid.height(); y++) {
      for (int x = 0; x < grid.width(); x++) {
        double red = 0;
        double green = 0;
        double blue = 0;
        int count = 0;
        for (int v = Math.max(0, y - 1); v <= Math.min(grid.height() - 1, y + 1); v++) {
          for (int u = Math.max(0, x - 1); u <= Math.min(grid.width() - 1, x + 1); u++) {
            Rgb color = colors[grid.pixel(u, v)];
            red += color.red();
            green += color.green();
            blue += color.blue();
            count++;
          }
        }
        smooth[grid.pixel(x, y)] = new Rgb(red / count, green / count, blue / count);
      }
    }
    return new Picture(grid, smooth);
  }

  /** The per-channel median of some pixels, which outliers hardly move. */
  Rgb median(int[] pixels) {
    if (pixels.length == 0) {
      throw new IllegalArgumentException("The median of no pixels is undefined");
    }
    return new Rgb(
        median(Arrays.stream(pixels).mapToDouble(p -> colors[p].red()).toArray()),
        median(Arrays.stream(pixels).mapToDouble(p -> colors[p].green()).toArray()),
        median(Arrays.stream(pixels).mapToDouble(p -> colors[p].blue()).toArray()));
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }
}
