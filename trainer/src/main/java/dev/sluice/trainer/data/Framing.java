package dev.sluice.trainer.data;

import dev.sluice.planning.picture.Pixels;
import dev.sluice.trainer.recipe.Recipe;
import java.util.random.RandomGenerator;

/**
 * How pictures of any size become squares: reduced until the shorter side fits, then cut out.
 *
 * @param side of the square
 * @param channels 1 for grey, 3 for colors
 * @param randomCrop whether it is cut out anywhere, and not of the middle
 * @param flips the share that is turned left to right
 */
public record Framing(int side, int channels, boolean randomCrop, double flips) {

  /** Reads {@code side, channels, random-crop, flips}. */
  public static Framing of(Recipe recipe) {
    return new Framing(
        recipe.integer("side", 1),
        (int) recipe.number("channels", 1, 3) == 1 ? 1 : 3,
        recipe.bool("random-crop"),
        recipe.number("flips", 0, 1));
  }

  /**
   * Frames a picture; what is transparent is seen on white.
   *
   * @param random decides where it is cut and whether it is turned
   * @param target {@code [channels, side, side]} in [-1, 1] from {@code at} on
   */
  void frame(Pixels picture, RandomGenerator random, float[] target, int at) {
    Pixels flat = picture.onWhite();
    double scale = (double) side / Math.min(flat.width(), flat.height());
    int width = Math.max(side, (int) Math.round(flat.width() * scale));
    int height = Math.max(side, (int) Math.round(flat.height() * scale));
    Pixels scaled = flat.scaledTo(width, height);
    double across = random.nextDouble();
    double down = random.nextDouble();
    int left = (int) ((width - side + 1) * (randomCrop ? across : 0.5));
    int top = (int) ((height - side + 1) * (randomCrop ? down : 0.5));
    boolean turned = random.nextDouble() < flips;
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        int pixel = scaled.at(left + (turned ? side - 1 - x : x), top + y);
        int place = at + y * side + x;
        if (channels == 1) {
          target[place] = (float) (grey(pixel) / 127.5 - 1);
        } else {
          for (int channel = 0; channel < 3; channel++) {
            target[place + channel * side * side] = Pixels.value(pixel, channel) / 127.5f - 1;
          }
        }
      }
    }
  }

  /** ITU-R 601's luma. */
  private static double grey(int pixel) {
    return 0.299 * Pixels.value(pixel, 0)
        + 0.587 * Pixels.value(pixel, 1)
        + 0.114 * Pixels.value(pixel, 2);
  }
}
