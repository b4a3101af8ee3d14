package dev.sluice.trainer.shapes;

import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;

/**
 * Tells scenes in words, all lower case.
 *
 * <p>The canonical caption says everything: {@code "a large red circle above a small blue square on
 * a white background"}. Sampled captions vary in wording and may leave out sizes and the
 * background, as people do. The world of pairs is told in these ways and no others, as models that
 * ship know no others; {@link Paraphrases} adds to them.
 */
public final class Captions {

  static final List<String> OPENINGS = List.of("", "", "", "a picture of ", "there is ");

  private static final double SAY_SIZE = 0.7;
  static final double SAY_BACKGROUND = 0.5;

  private static final List<String> NUMBERS = List.of("one", "two", "three", "four");

  private Captions() {}

  /** The caption that says everything there is to say. */
  public static String canonical(Scene scene) {
    String background = " on " + withArticle(scene.background().word()) + " background";
    if (scene instanceof Scene.Pair pair) {
      return "%s %s %s%s"
          .formatted(
              withArticle(canonical(pair.first())),
              pair.relation().phrases().get(0),
              withArticle(canonical(pair.second())),
              background);
    }
    if (scene instanceof Scene.Groups groups) {
      return list(groups.groups().stream().map(Captions::canonical).toList()) + background;
    }
    return withArticle(canonical(scene.objects().get(0))) + background;
  }

  private static String canonical(SceneGroup group) {
    SceneObject object = group.object();
    return group.count() == 1
        ? withArticle(canonical(object))
        : "%s %s %s %s"
            .formatted(
                number(group.count()),
                object.size().words().get(0),
                object.color().word(),
                object.shape().plural());
  }

  private static String canonical(SceneObject object) {
    return object.size().words().get(0) + " " + object.color().word() + " " + object.shape().word();
  }

  /** Up to four in words. */
  static String number(int count) {
    return NUMBERS.get(count - 1);
  }

  /** "a, b and c". */
  static String list(List<String> parts) {
    int last = parts.size() - 1;
    return last == 0
        ? parts.get(0)
        : String.join(", ", parts.subList(0, last)) + " and " + parts.get(last);
  }

  /**
   * One of the ways of telling a scene of the world of pairs.
   *
   * @throws IllegalArgumentException for groups
   */
  static String sample(Scene scene, SplittableRandom random) {
    String background =
        random.nextDouble() < SAY_BACKGROUND ? sampleBackground(scene.background(), random) : "";
    return sampleObjects(scene, random) + background;
  }

  /** The same without the background. */
  static String sampleObjects(Scene scene, SplittableRandom random) {
    if (scene instanceof Scene.Pair pair) {
      return samplePair(random.nextBoolean() ? pair : pair.mirrored(), random);
    }
    if (scene instanceof Scene.Groups) {
      throw new IllegalArgumentException("the world of pairs has no " + scene);
    }
    String object = sample(scene.objects().get(0), random);
    boolean terse = random.nextInt(4) == 0;
    return terse ? object : pick(OPENINGS, random) + withArticle(object);
  }

  private static String samplePair(Scene.Pair pair, SplittableRandom random) {
    String first = sample(pair.first(), random);
    String second = sample(pair.second(), random);
    String relation = pick(pair.relation().phrases(), random);
    switch (random.nextInt(8)) {
      case 0:
        return first + " " + relation + " " + second;
      case 1:
        if (pair.first().shape() != pair.second().shape()) {
          return "%s, %s, the %s %s the %s"
              .formatted(
                  first,
                  second,
                  pair.first().shape().word(),
                  relation,
                  pair.second().shape().word());
        }
        return first + " " + relation + " " + second;
      case 2:
        return "%s and %s, the %s one %s the %s one"
            .formatted(
                withArticle(first),
                withArticle(second),
                pair.first().color().word(),
                relation,
                pair.second().color().word());
      default:
        return pick(OPENINGS, random)
            + withArticle(first)
            + " "
            + relation
            + " "
            + withArticle(second);
    }
  }

  /** Color and shape, and mostly the size. */
  static String sample(SceneObject object, SplittableRandom random) {
    return sampleSize(object.size(), random) + object.color().word() + " " + object.shape().word();
  }

  /** A word with a space behind it, or nothing. */
  static String sampleSize(ObjectSize size, SplittableRandom random) {
    return random.nextDouble() < SAY_SIZE ? pick(size.words(), random) + " " : "";
  }

  static String sampleBackground(Background background, SplittableRandom random) {
    return random.nextInt(4) == 0
        ? ", " + background.word() + " background"
        : " on " + withArticle(background.word()) + " background";
  }

  static String withArticle(String noun) {
    return ("aeiou".indexOf(noun.charAt(0)) >= 0 ? "an " : "a ") + noun;
  }

  static <T> T pick(List<T> values, SplittableRandom random) {
    return values.get(random.nextInt(values.size()));
  }

  /** Every word that the world of pairs is told in. */
  static Set<String> words() {
    Set<String> words = new TreeSet<>();
    for (Shape shape : Shape.values()) {
      words.add(shape.word());
    }
    for (ShapeColor color : ShapeColor.values()) {
      words.add(color.word());
    }
    for (Background background : Background.values()) {
      words.add(background.word());
    }
    for (ObjectSize size : ObjectSize.values()) {
      words.addAll(size.words());
    }
    for (Relation relation : Relation.values()) {
      relation.phrases().forEach(phrase -> words.addAll(List.of(phrase.split(" "))));
    }
    OPENINGS.forEach(opening -> words.addAll(List.of(opening.split(" "))));
    words.addAll(List.of("a", "an", "and", "the", "one", "on", "background", ","));
    words.remove("");
    return words;
  }
}
