package dev.sluice.trainer.truth;

import static dev.sluice.trainer.shapes.SceneLayout.PICTURE_SIZE;

import dev.sluice.diffusion.math.Resampling;
import dev.sluice.trainer.shapes.Pixels;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Read access to a 64x64 picture by pixel index {@code y * 64 + x}. */
final class Picture {

  static final int SIZE = PICTURE_SIZE;
  static final int PIXELS = SIZE * SIZE;

  private final Rgb[] colors;

  private Picture(Rgb[] colors) {
    this.colors = colors;
  }

  /**
   * A picture of this size, or one that is enlarged to it by cubic convolution.
   *
   * @param given {@code [3, 64, 64]} in [-1, 1], or a half or a quarter of that size; values
   *     outside are clamped
   */
  static Picture of(float[] given) {
    int side = Pixels.side(given);
    if (given.length != 3 * side * side || side < SIZE / 4 || SIZE % side != 0) {
      throw new IllegalArgumentException(
          "A picture must be [3, %d, %d], or a half or a quarter of that size, got %d values"
              .formatted(SIZE, SIZE, given.length));
    }
    float[] pixels =
        side == SIZE ? given : Resampling.BICUBIC.resize(given, 3, side, side, SIZE, SIZE);
    Rgb[] colors = new Rgb[PIXELS];
    for (int i = 0; i < PIXELS; i++) {
      colors[i] = new Rgb(unit(pixels[i]), unit(pixels[PIXELS + i]), unit(pixels[2 * PIXELS + i]));
    }
    return new Picture(colors);
  }

  /** NaN reads as black, so that a broken picture is judged instead of breaking the judge. */
  private static double unit(float value) {
    return Float.isNaN(value) ? 0 : Math.max(0, Math.min(1, (value + 1) / 2.0));
  }

  Rgb at(int pixel) {
    return colors[pixel];
  }

  /** The picture with every pixel the mean of its 3x3 neighbourhood. */
  Picture smoothed() {
    Rgb[] smooth = new Rgb[PIXELS];
    for (int y = 0; y < SIZE; y++) {
      for (int x = 0; x < SIZE; x++) {
        double red = 0;
        double green = 0;
        double blue = 0;
        int count = 0;
        for (int v = Math.max(0, y - 1); v <= Math.min(SIZE - 1, y + 1); v++) {
          for (int u = Math.max(0, x - 1); u <= Math.min(SIZE - 1, x + 1); u++) {
            Rgb color = colors[v * SIZE + u];
            red += color.red();
            green += color.green();
            blue += color.blue();
            count++;
          }
        }
        smooth[y * SIZE + x] = new Rgb(red / count, green / count, blue / count);
      }
    }
    return new Picture(smooth);
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

  /** The pixels at most {@code width} from the border. */
  static int[] border(int width) {
    return IntStream.range(0, PIXELS)
        .filter(
            p -> {
              int x = p % SIZE;
              int y = p / SIZE;
              return Math.min(Math.min(x, SIZE - 1 - x), Math.min(y, SIZE - 1 - y)) < width;
            })
        .toArray();
  }
}
