package dev.sluice.trainer.emoji;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.planning.picture.Pixels;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What is written of an emoji, as words that people would say. */
final class EmojiNames {

  private static final int VARIATION_SELECTOR = 0xFE0F;

  /** Words of Unicode's names that say nothing of the picture. */
  private static final Set<String> EMPTY = Set.of("symbol", "sign", "emoji");

  private EmojiNames() {}

  /**
   * Reads an entry of {@code emoji.json}.
   *
   * @param words of emojilib, by {@link #plain} characters: lists, the first is CLDR's name
   */
  static Emoji read(JsonNode entry, Map<String, JsonNode> words, Pixels pixels) {
    Set<String> names = new LinkedHashSet<>();
    List<String> keywords = new ArrayList<>();
    JsonNode known = words.get(characters(entry.path("unified").asText()));
    if (known != null && known.isArray() && !known.isEmpty()) {
      add(names, known.get(0).asText());
      for (int i = 1; i < known.size(); i++) {
        String keyword = readable(known.get(i).asText());
        if (!keyword.isEmpty()) {
          keywords.add(keyword);
        }
      }
    }
    add(names, entry.path("name").asText());
    for (JsonNode name : entry.path("short_names")) {
      add(names, name.asText());
    }
    String image = entry.path("image").asText();
    String code = image.substring(0, image.lastIndexOf('.'));
    if (names.isEmpty()) {
      names.add(code);
    }
    return new Emoji(
        code,
        List.copyOf(names),
        List.copyOf(keywords),
        entry.path("category").asText(),
        entry.path("subcategory").asText(),
        pixels);
  }

  /** People who face the other way are mirror images. */
  static boolean isAnotherFacing(JsonNode entry) {
    return entry.path("name").asText().toLowerCase(Locale.ROOT).endsWith("facing right");
  }

  private static void add(Set<String> names, String text) {
    String name = readable(text);
    if (!name.isEmpty()) {
      names.add(name);
    }
  }

  /**
   * Words in lower case with single spaces: {@code red_apple}, {@code RED APPLE} and {@code
   * red-apple} are {@code red apple}. Empty for what holds no letters, such as {@code :)}.
   */
  static String readable(String text) {
    String words =
        text.toLowerCase(Locale.ROOT)
            .replaceAll("['’]", "")
            .replaceAll("[^\\p{L}\\p{Nd}]+", " ")
            // Lists have an underscore for an apostrophe too.
            .replaceAll(" s(?= |$)", "s")
            .strip();
    List<String> kept = new ArrayList<>();
    for (String word : words.split(" ")) {
      if (!EMPTY.contains(word)) {
        kept.add(word);
      }
    }
    boolean spoken = words.chars().filter(Character::isLetter).count() > 1;
    return !spoken ? "" : kept.isEmpty() ? words : String.join(" ", kept);
  }

  private static String characters(String unified) {
    StringBuilder text = new StringBuilder();
    for (String point : unified.split("-")) {
      if (!point.isEmpty()) {
        text.appendCodePoint(Integer.parseInt(point, 16));
      }
    }
    return plain(text.toString());
  }

  /** Without the selectors that ask for a colored picture, which lists have or leave out. */
  static String plain(String characters) {
    return characters.replace(Character.toString(VARIATION_SELECTOR), "");
  }
}
