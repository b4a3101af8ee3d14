package dev.sluice.trainer.emoji;

import dev.sluice.catalog.Config;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.planning.picture.Pixels;
import dev.sluice.trainer.data.Draws;
import dev.sluice.trainer.data.Shuffled;
import dev.sluice.trainer.recipe.Recipe;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;

/**
 * Emoji as training is shown them: as they are, in another color, or on a plain background, with a
 * caption that says so. A set has one picture of each thing; so its words for colors are learned of
 * all things, and can be asked for with any. Safe for use by several threads.
 */
final class EmojiExamples {

  private static final int WHITE = 0xFFFFFF;

  /** One of so many pairs of a thing and a color is held out of training. */
  private static final int HELD_OUT_PAIRS = 8;

  private final List<Emoji> emoji;
  private final List<OptionalDouble> hues;
  private final double painted;
  private final double backgrounds;
  private final Shuffled order;
  private final long seed;

  /**
   * @param recipe whose {@code examples} say how many have another color and another background
   *     than white, {@code painted} and {@code backgrounds}, and which categories are {@code
   *     never-painted}
   */
  EmojiExamples(EmojiSet set, Recipe recipe, long seed) {
    Recipe own = recipe.at("examples");
    List<String> unpainted = neverPainted(recipe);
    this.emoji = set.all();
    this.hues =
        emoji.stream()
            .map(
                one ->
                    unpainted.contains(one.category())
                        ? OptionalDouble.empty()
                        : Hues.of(one.pixels()))
            .toList();
    this.painted = own.number("painted", 0, 1);
    this.backgrounds = own.number("backgrounds", 0, 1);
    this.order = new Shuffled(emoji.size(), seed);
    this.seed = seed;
  }

  /** Categories of things whose color is not theirs to choose. */
  static List<String> neverPainted(Recipe recipe) {
    return Config.of(recipe.map("examples")).strings("never-painted", List.of());
  }

  /**
   * One of them.
   *
   * @param picture {@code [3, 64, 64]} in [-1, 1]
   */
  record Example(String caption, float[] picture) {}

  /** The examples of a batch, the same whenever they are asked for. */
  Example[] batch(long number, int rows) {
    int[] chosen = order.batch(number, rows);
    Example[] examples = new Example[rows];
    SplittableRandom random = Draws.of(seed, number);
    for (int row = 0; row < rows; row++) {
      examples[row] = example(chosen[row], random.split());
    }
    return examples;
  }

  private Example example(int index, SplittableRandom random) {
    Emoji one = emoji.get(index);
    OptionalDouble hue = hues.get(index);
    Optional<PlainColor> color = Optional.empty();
    if (hue.isPresent() && random.nextDouble() < painted) {
      PlainColor drawn = PlainColor.HUES.get(random.nextInt(PlainColor.HUES.size()));
      color = Optional.of(drawn).filter(c -> !isHeldOut(one, c));
    }
    Optional<PlainColor> background = Optional.empty();
    if (random.nextDouble() < backgrounds) {
      background = Optional.of(PlainColor.values()[random.nextInt(PlainColor.values().length)]);
    }
    Pixels drawn =
        color.map(c -> Hues.painted(one.pixels(), hue.getAsDouble(), c.hue())).orElse(one.pixels());
    return new Example(
        EmojiCaptions.drawn(one, color, background, random),
        onto(drawn, background.map(PlainColor::background).orElse(WHITE)));
  }

  /** Whether no training paints this thing in that color. */
  static boolean isHeldOut(Emoji emoji, PlainColor color) {
    int mixed = (emoji.code() + color.word()).hashCode() * 0x9E3779B9;
    return Math.floorMod(mixed >>> 8, HELD_OUT_PAIRS) == 0;
  }

  /** An emoji as it is, on white, {@code [3, 64, 64]} in [-1, 1]. */
  static float[] onWhite(Emoji emoji) {
    return onto(emoji.pixels(), WHITE);
  }

  /** A picture on a plain background, {@code [3, height, width]} in [-1, 1]. */
  static float[] onto(Pixels picture, int background) {
    int[] argb = picture.argb();
    float[] values = new float[3 * argb.length];
    for (int i = 0; i < argb.length; i++) {
      float opacity = Pixels.value(argb[i], 3) / 255f;
      for (int channel = 0; channel < 3; channel++) {
        float mixed =
            opacity * Pixels.value(argb[i], channel)
                + (1 - opacity) * Pixels.value(background, channel);
        values[channel * argb.length + i] = mixed / 127.5f - 1;
      }
    }
    return values;
  }

  /** {@code [rows, 3, 64, 64]}. */
  static HostTensor.Floats pictures(List<float[]> pictures) {
    int length = pictures.get(0).length;
    float[] values = new float[pictures.size() * length];
    for (int row = 0; row < pictures.size(); row++) {
      System.arraycopy(pictures.get(row), 0, values, row * length, length);
    }
    return new HostTensor.Floats(values, pictures.size(), 3, EmojiSet.SIDE, EmojiSet.SIDE);
  }
}
