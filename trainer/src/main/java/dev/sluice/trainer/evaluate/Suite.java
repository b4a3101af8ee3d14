package dev.sluice.trainer.evaluate;

import dev.sluice.trainer.shapes.Holdout;
import dev.sluice.trainer.shapes.Scene;
import dev.sluice.trainer.shapes.World;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/**
 * A kind of scene to ask for. None of the scenes of the held-out suites was ever trained on. What a
 * suite draws depends on its place here; new ones are added at the end.
 */
public enum Suite {
  /** Known shape and color, but never together with this size and background. */
  SINGLE_NEW_COMBINATION(
      "one object, new combination",
      scene -> scene instanceof Scene.Single && Holdout.isHeldOutCombination(scene)),

  /** A shape in a color that it never had in training. */
  SINGLE_NEW_CONCEPT(
      "one object, color new to the shape",
      scene -> scene instanceof Scene.Single single && Holdout.isUnseenConcept(single.object())),

  /** Two known objects, of different shapes, in a relation they never had in training. */
  PAIR_NEW_COMBINATION(
      "two objects, new combination",
      scene ->
          scene instanceof Scene.Pair pair
              && pair.first().shape() != pair.second().shape()
              && Holdout.isHeldOutCombination(pair)),

  /** Scenes as in training: what is lost here is not lost to novelty. */
  SEEN("scenes as in training", scene -> !Holdout.isHeldOut(scene)),

  /** Several objects alike, of a known shape and color, one of which never occurred so often. */
  ALIKE_NEW_COUNT(
      "objects alike, number new to the shape or color",
      scene -> alike(scene) && !hasUnseenConcept(scene) && Holdout.hasUnseenCount(scene)),

  /** Several objects alike: number, shape and color are known, and each two of them together. */
  ALIKE_NEW_COMBINATION(
      "objects alike, new combination",
      scene -> alike(scene) && Holdout.isHeldOutCombination(scene)),

  /** Groups of which each may be known, but never beside the others. */
  GROUPS_NEW_COMBINATION(
      "groups, new combination",
      scene ->
          scene instanceof Scene.Groups && !alike(scene) && Holdout.isHeldOutCombination(scene));

  private static final int MOST_DRAWS = 1_000_000;

  private final String title;
  private final Predicate<Scene> member;

  Suite(String title, Predicate<Scene> member) {
    this.title = title;
    this.member = member;
  }

  private static boolean alike(Scene scene) {
    return scene instanceof Scene.Groups groups && groups.groups().size() == 1;
  }

  private static boolean hasUnseenConcept(Scene scene) {
    return scene.objects().stream().anyMatch(Holdout::isUnseenConcept);
  }

  /** The suites that a world has scenes for. */
  public static List<Suite> of(World world) {
    return world == World.GROUPS
        ? List.of(values())
        : List.of(SINGLE_NEW_COMBINATION, SINGLE_NEW_CONCEPT, PAIR_NEW_COMBINATION, SEEN);
  }

  /** What the table calls it. */
  public String title() {
    return title;
  }

  /** Whether a scene belongs to the suite. */
  public boolean contains(Scene scene) {
    return member.test(scene);
  }

  /**
   * Draws scenes, without repetition as long as there are new ones.
   *
   * @param world to draw from
   * @param seed the same seed draws the same scenes
   */
  public List<Scene> scenes(World world, int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed * 31 + ordinal());
    Set<Scene> distinct = new LinkedHashSet<>();
    List<Scene> scenes = new ArrayList<>();
    for (int draw = 0; draw < MOST_DRAWS && scenes.size() < count; draw++) {
      Scene scene = world.random(random);
      if (member.test(scene) && (distinct.add(scene) || draw > MOST_DRAWS / 10)) {
        scenes.add(scene);
      }
    }
    return scenes;
  }
}
