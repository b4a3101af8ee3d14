package dev.sluice.trainer.emoji;

import dev.sluice.planning.picture.Pixels;
import dev.sluice.trainer.recipe.Recipe;
import java.util.SplittableRandom;

/**
 * Moves a drawing so that a classifier learns what it shows rather than its pixels: turned, scaled,
 * shifted, in somewhat other colors, on any plain background.
 *
 * @param turn degrees, either way
 * @param scale the share that it is smaller or larger
 * @param shift the share of the side that it is moved, each way
 * @param hue degrees, either way
 * @param brightness the share that colors are darker or lighter
 */
record Jitter(double turn, double scale, double shift, double hue, double brightness) {

  /** The share of drawings that are on white, as samples mostly are. */
  private static final double ON_WHITE = 0.7;

  static Jitter of(Recipe recipe) {
    return new Jitter(
        recipe.number("turn", 0, 180),
        recipe.number("scale", 0, 0.9),
        recipe.number("shift", 0, 1),
        recipe.number("hue", 0, 180),
        recipe.number("brightness", 0, 1));
  }

  /** A drawing moved, {@code [3, side, side]} in [-1, 1]. */
  float[] moved(Pixels drawing, int side, SplittableRandom random) {
    double angle = Math.toRadians(turn * either(random));
    // How many of the drawing's pixels one of the result is.
    double step = drawing.width() / (double) side / (1 + scale * either(random));
    double across = Math.cos(angle) * step;
    double down = Math.sin(angle) * step;
    double middle = drawing.width() / 2.0;
    double left = shift * side * either(random);
    double up = shift * side * either(random);
    double light = 1 + brightness * either(random);
    double hues = hue * either(random);
    int background = random.nextDouble() < ON_WHITE ? 0xFFFFFF : random.nextInt(1 << 24);
    int[] argb = new int[side * side];
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        double fromX = x + 0.5 - side / 2.0 - left;
        double fromY = y + 0.5 - side / 2.0 - up;
        argb[y * side + x] =
            mean(
                drawing,
                middle + across * fromX - down * fromY,
                middle + down * fromX + across * fromY,
                step);
      }
    }
    Pixels moved = Hues.turned(new Pixels(side, side, argb), hues);
    float[] values = EmojiExamples.onto(moved, background);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.max(-1, Math.min(1, (values[i] + 1) * light - 1));
    }
    return values;
  }

  /** Of four points about a place, each the nearest pixel's; transparent beyond the edges. */
  private static int mean(Pixels drawing, double x, double y, double step) {
    int opacity = 0;
    int[] sums = new int[3];
    for (int corner = 0; corner < 4; corner++) {
      int atX = (int) Math.floor(x + (corner % 2 - 0.5) * step / 2);
      int atY = (int) Math.floor(y + (corner / 2 - 0.5) * step / 2);
      if (atX < 0 || atY < 0 || atX >= drawing.width() || atY >= drawing.height()) {
        continue;
      }
      int pixel = drawing.at(atX, atY);
      int own = Pixels.value(pixel, 3);
      opacity += own;
      for (int channel = 0; channel < 3; channel++) {
        sums[channel] += own * Pixels.value(pixel, channel);
      }
    }
    int mean = opacity / 4;
    for (int channel = 0; channel < 3; channel++) {
      mean = mean << 8 | (opacity == 0 ? 0 : sums[channel] / opacity);
    }
    return mean;
  }

  /** From -1 to 1. */
  private static double either(SplittableRandom random) {
    return 2 * random.nextDouble() - 1;
  }
}
