package dev.sluice.trainer.emoji;

import dev.sluice.planning.picture.Pixels;
import java.util.List;

/**
 * A picture with what it is called.
 *
 * @param code of its file, the code points in hexadecimal, such as {@code 1f34e}
 * @param names in lower case, such as {@code red apple}; the first is the usual one
 * @param keywords that people look for it by; none where nobody listed any
 * @param category the coarser of two, such as {@code Food & Drink}
 * @param subcategory such as {@code food-fruit}
 * @param pixels {@link EmojiSet#SIDE} on a side, transparent where nothing is drawn
 */
public record Emoji(
    String code,
    List<String> names,
    List<String> keywords,
    String category,
    String subcategory,
    Pixels pixels) {

  /** The usual name. */
  public String name() {
    return names.get(0);
  }
}
