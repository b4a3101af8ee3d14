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
 * background, as people do.
 */
public final class Captions {

  private static final List<String> OPENINGS = List.of("", "", "", "a picture of ", "there is ");

  private static final double SAY_SIZE = 0.7;
  private static final double SAY_BACKGROUND = 0.5;

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
    return withArticle(canonical(scene.objects().get(0))) + background;
  }

  private static String canonical(SceneObject object) {
    return object.size().words().get(0) + " " + object.color().word() + " " + object.shape().word();
  }

  /** One of the ways of telling the scene. */
  public static String sample(Scene scene, SplittableRandom random) {
    String background =
        random.nextDouble() < SAY_BACKGROUND ? sampleBackground(scene.background(), random) : "";
    if (scene instanceof Scene.Pair pair) {
      return samplePair(random.nextBoolean() ? pair : pair.mirrored(), random) + background;
    }
    String object = sample(scene.objects().get(0), random);
    boolean terse = random.nextInt(4) == 0;
    return (terse ? object : pick(OPENINGS, random) + withArticle(object)) + background;
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

  private static String sample(SceneObject object, SplittableRandom random) {
    String size = random.nextDouble() < SAY_SIZE ? pick(object.size().words(), random) + " " : "";
    return size + object.color().word() + " " + object.shape().word();
  }

  private static String sampleBackground(Background background, SplittableRandom random) {
    return random.nextInt(4) == 0
        ? ", " + background.word() + " background"
        : " on " + withArticle(background.word()) + " background";
  }

  private static String withArticle(String noun) {
    return ("aeiou".indexOf(noun.charAt(0)) >= 0 ? "an " : "a ") + noun;
  }

  private static <T> T pick(List<T> values, SplittableRandom random) {
    return values.get(random.nextInt(values.size()));
  }

  /** Every word that a caption can have. */
  public static Set<String> words() {
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
