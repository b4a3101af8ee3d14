package dev.sluice.trainer.emoji;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/** What is asked when an emoji is meant: its names, its keywords, and words around them. */
public final class EmojiCaptions {

  /** {@code %1$s} is the thing, {@code %2$s} the thing with its article. */
  private static final List<String> TEMPLATES =
      List.of(
          "%2$s",
          "%2$s",
          "%2$s",
          "%1$s",
          "%1$s",
          "%1$s emoji",
          "an emoji of %2$s",
          "a picture of %2$s",
          "a drawing of %2$s");

  private static final List<String> BACKGROUNDS =
      List.of(" on a %s background", " on a %s background", ", %s background");

  private static final double USUAL_NAME = 0.6;
  private static final double ANOTHER_NAME = 0.2;
  private static final double WITH_KEYWORD = 0.15;

  private EmojiCaptions() {}

  /** The plain one: the usual name with its article. */
  public static String of(Emoji emoji) {
    return withArticle(emoji.name());
  }

  /** The plain one of a thing in another color. */
  public static String of(Emoji emoji, PlainColor color) {
    return withArticle(inColor(emoji.name(), color));
  }

  /**
   * One of many.
   *
   * @param color that the thing was painted in
   * @param background behind it; white where there is none
   */
  static String drawn(
      Emoji emoji,
      Optional<PlainColor> color,
      Optional<PlainColor> background,
      SplittableRandom random) {
    String called = called(emoji, random);
    String thing = color.map(c -> inColor(called, c)).orElse(called);
    String caption = TEMPLATES.get(random.nextInt(TEMPLATES.size()));
    String text = caption.formatted(thing, withArticle(thing));
    return background
        .map(c -> text + BACKGROUNDS.get(random.nextInt(BACKGROUNDS.size())).formatted(c.word()))
        .orElse(text);
  }

  private static String called(Emoji emoji, SplittableRandom random) {
    double kind = random.nextDouble();
    if (kind < USUAL_NAME) {
      return emoji.name();
    }
    if (kind < USUAL_NAME + ANOTHER_NAME || emoji.keywords().isEmpty()) {
      return emoji.names().get(random.nextInt(emoji.names().size()));
    }
    String keyword = emoji.keywords().get(random.nextInt(emoji.keywords().size()));
    return kind < USUAL_NAME + ANOTHER_NAME + WITH_KEYWORD
        ? emoji.name() + ", " + keyword
        : keyword;
  }

  /** Its own color's word makes way. */
  private static String inColor(String called, PlainColor color) {
    String rest =
        Arrays.stream(called.split(" "))
            .filter(word -> !PlainColor.isWord(word))
            .collect(Collectors.joining(" "));
    return (color.word() + " " + rest).strip();
  }

  /** None before what sounds like several. */
  private static String withArticle(String thing) {
    if (thing.matches(".*[^isu]s")) {
      return thing;
    }
    return ("aeiou".indexOf(thing.charAt(0)) < 0 ? "a " : "an ") + thing;
  }

  /** All words that captions of an emoji can have. */
  static Set<String> words(Emoji emoji) {
    Set<String> words = new HashSet<>();
    TEMPLATES.forEach(text -> add(words, text.formatted("", "an")));
    BACKGROUNDS.forEach(text -> add(words, text.formatted("")));
    Arrays.stream(PlainColor.values()).forEach(color -> words.add(color.word()));
    emoji.names().forEach(name -> add(words, name));
    emoji.keywords().forEach(keyword -> add(words, keyword));
    return words;
  }

  private static void add(Set<String> words, String text) {
    for (String word : text.replace(",", " , ").split(" +")) {
      if (!word.isEmpty()) {
        words.add(word);
      }
    }
  }
}
