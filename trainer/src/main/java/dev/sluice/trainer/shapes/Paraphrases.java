package dev.sluice.trainer.shapes;

import static dev.sluice.trainer.shapes.Captions.list;
import static dev.sluice.trainer.shapes.Captions.number;
import static dev.sluice.trainer.shapes.Captions.pick;
import static dev.sluice.trainer.shapes.Captions.sampleSize;
import static dev.sluice.trainer.shapes.Captions.withArticle;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;

/** Tells groups, and tells of one object and of pairs in more ways than {@link Captions} does. */
final class Paraphrases {

  private Paraphrases() {}

  /** One of the ways of telling the scene. */
  static String sample(Scene scene, SplittableRandom random) {
    String objects = objects(scene, random);
    if (random.nextDouble() >= Captions.SAY_BACKGROUND) {
      return objects;
    }
    Background background = scene.background();
    return random.nextInt(4) == 0
        ? "on " + withArticle(background.word()) + " background, " + objects
        : objects + Captions.sampleBackground(background, random);
  }

  private static String objects(Scene scene, SplittableRandom random) {
    if (scene instanceof Scene.Groups groups) {
      return groups.groups().size() == 1
          ? alike(groups.groups().get(0), random)
          : several(groups.groups(), random);
    }
    if (random.nextInt(3) > 0) {
      return Captions.sampleObjects(scene, random);
    }
    if (scene instanceof Scene.Pair pair) {
      return pair(random.nextBoolean() ? pair : pair.mirrored(), random);
    }
    SceneObject object = scene.objects().get(0);
    return random.nextBoolean()
        ? "one " + Captions.sample(object, random)
        : "%s that is %s"
            .formatted(
                withArticle(sampleSize(object.size(), random) + object.shape().word()),
                object.color().word());
  }

  private static String pair(Scene.Pair pair, SplittableRandom random) {
    String first = withArticle(Captions.sample(pair.first(), random));
    String second = withArticle(Captions.sample(pair.second(), random));
    if (random.nextBoolean()) {
      String relation = pick(pair.relation().inverse().phrases(), random);
      return "%s with %s %s it".formatted(first, second, relation);
    }
    String relation = pick(pair.relation().phrases(), random);
    String verb = random.nextBoolean() ? "is" : "there is";
    return "%s %s %s %s".formatted(relation, second, verb, first);
  }

  /** One group of several objects. */
  private static String alike(SceneGroup group, SplittableRandom random) {
    SceneObject object = group.object();
    String size = sampleSize(object.size(), random);
    String color = object.color().word();
    String shapes = object.shape().plural();
    return switch (random.nextInt(6)) {
      case 0 -> "%s%s %s, %s of them".formatted(size, color, shapes, number(group.count()));
      case 1 -> "%s %s%s, all %s".formatted(number(group.count()), size, shapes, color);
      case 2 -> "%s %s%s that are %s".formatted(number(group.count()), size, shapes, color);
      default -> opened(phrase(group, random), random);
    };
  }

  private static String several(List<SceneGroup> groups, SplittableRandom random) {
    List<SceneGroup> order = new ArrayList<>(groups);
    Collections.shuffle(order, new Random(random.nextLong()));
    List<String> phrases = new ArrayList<>();
    order.forEach(group -> phrases.add(phrase(group, random)));
    String said =
        switch (random.nextInt(4)) {
          case 0 -> String.join(", ", phrases);
          case 1 ->
              "%s with %s".formatted(phrases.get(0), list(phrases.subList(1, phrases.size())));
          default -> list(phrases);
        };
    return opened(said, random);
  }

  /** With an opening, whose verb agrees with what it opens. */
  private static String opened(String said, SplittableRandom random) {
    String opening = pick(Captions.OPENINGS, random);
    boolean one = said.matches("(an?|one) .*");
    return (one ? opening : opening.replace(" is ", " are ")) + said;
  }

  /** Such as "a red star", "two small blue squares" or "a pair of blue squares". */
  private static String phrase(SceneGroup group, SplittableRandom random) {
    SceneObject object = group.object();
    if (group.count() == 1) {
      String said = Captions.sample(object, random);
      return random.nextInt(6) == 0 ? "one " + said : withArticle(said);
    }
    String number =
        group.count() == 2 && random.nextInt(4) == 0 ? "a pair of" : number(group.count());
    return "%s %s%s %s"
        .formatted(
            number,
            sampleSize(object.size(), random),
            object.color().word(),
            object.shape().plural());
  }

  /** Every word that the world of groups is told in. */
  static Set<String> words() {
    Set<String> words = new TreeSet<>(Captions.words());
    for (Shape shape : Shape.values()) {
      words.add(shape.plural());
    }
    for (int count = 1; count <= SceneGroup.MOST; count++) {
      words.add(number(count));
    }
    words.addAll(List.of("all", "are", "it", "of", "pair", "that", "them", "with"));
    return words;
  }
}
