package dev.sluice.trainer.data;

import dev.sluice.planning.picture.Pixels;
import dev.sluice.trainer.recipe.Recipe;
import java.util.random.RandomGenerator;

/**
 * How pictures of any size become those of one: reduced until one side fits and the other is not
 * too short, then cut out.
 *
 * @param width of what is cut out
 * @param height of it
 * @param channels 1 for grey, 3 for colors
 * @param randomCrop whether it is cut out anywhere, and not of the middle
 * @param flips the share that is turned left to right
 */
public record Framing(int width, int height, int channels, boolean randomCrop, double flips) {

  /** Reads {@code side} of a square, {@code channels, random-crop, flips}. */
  public static Framing of(Recipe recipe) {
    int side = recipe.integer("side", 1);
    return new Framing(
        side,
        side,
        (int) recipe.number("channels", 1, 3) == 1 ? 1 : 3,
        recipe.bool("random-crop"),
        recipe.number("flips", 0, 1));
  }

  /** How many values a picture has. */
  int size() {
    return channels * height * width;
  }

  /**
   * Frames a picture; what is transparent is seen on white.
   *
   * @param random decides where it is cut and whether it is turned
   * @param target {@code [channels, height, width]} in [-1, 1] from {@code at} on
   */
  void frame(Pixels picture, RandomGenerator random, float[] target, int at) {
    Pixels flat = picture.onWhite();
    double scale = Math.max((double) width / flat.width(), (double) height / flat.height());
    Pixels scaled =
        flat.scaledTo(
            Math.max(width, (int) Math.round(flat.width() * scale)),
            Math.max(height, (int) Math.round(flat.height() * scale)));
    double across = random.nextDouble();
    double down = random.nextDouble();
    int left = (int) ((scaled.width() - width + 1) * (randomCrop ? across : 0.5));
    int top = (int) ((scaled.height() - height + 1) * (randomCrop ? down : 0.5));
    boolean turned = random.nextDouble() < flips;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int pixel = scaled.at(left + (turned ? width - 1 - x : x), top + y);
        int place = at + y * width + x;
        if (channels == 1) {
          target[place] = (float) (grey(pixel) / 127.5 - 1);
        } else {
          for (int channel = 0; channel < 3; channel++) {
            target[place + channel * height * width] = Pixels.value(pixel, channel) / 127.5f - 1;
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
