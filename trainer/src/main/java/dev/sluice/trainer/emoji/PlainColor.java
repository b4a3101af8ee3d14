package dev.sluice.trainer.emoji;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Colors that captions ask for by name: of things, and of what is behind them. */
public enum PlainColor {
  RED(0, 0xE5605A),
  ORANGE(28, 0xF5A35C),
  YELLOW(50, 0xFBE38A),
  GREEN(120, 0x8CCB8A),
  BLUE(215, 0x86B8EC),
  PURPLE(275, 0xB795E0),
  PINK(330, 0xF6B3CF),
  GREY(-1, 0xBDBDBD),
  BLACK(-1, 0x101010);

  /** Those that a thing can be painted in. */
  public static final List<PlainColor> HUES =
      Arrays.stream(values()).filter(color -> color.hue >= 0).toList();

  /** What emoji are called by, beside these. */
  private static final Set<String> WORDS =
      Stream.concat(
              Arrays.stream(values()).map(PlainColor::word),
              Stream.of("white", "brown", "gray", "golden", "dark", "light"))
          .collect(Collectors.toUnmodifiableSet());

  private final double hue;
  private final int background;

  /**
   * @param hue in degrees; negative for none
   * @param background as {@code 0xRRGGBB}, pale enough for what stands on it
   */
  PlainColor(double hue, int background) {
    this.hue = hue;
    this.background = background;
  }

  /** As a caption has it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether a word of a caption is a color's. */
  static boolean isWord(String word) {
    return WORDS.contains(word);
  }

  /** In degrees. */
  public double hue() {
    return hue;
  }

  int background() {
    return background;
  }
}
