package dev.sluice.trainer.evaluate;

import dev.sluice.trainer.shapes.Holdout;
import dev.sluice.trainer.shapes.Scene;
import dev.sluice.trainer.shapes.SceneSampler;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/** A kind of scene to ask for. None of the scenes of the held-out suites was ever trained on. */
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
  SEEN("scenes as in training", scene -> !Holdout.isHeldOut(scene));

  private static final int MOST_DRAWS = 1_000_000;

  private final String title;
  private final Predicate<Scene> member;

  Suite(String title, Predicate<Scene> member) {
    this.title = title;
    this.member = member;
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
   * @param seed the same seed draws the same scenes
   */
  public List<Scene> scenes(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed * 31 + ordinal());
    Set<Scene> distinct = new LinkedHashSet<>();
    List<Scene> scenes = new ArrayList<>();
    for (int draw = 0; draw < MOST_DRAWS && scenes.size() < count; draw++) {
      Scene scene = SceneSampler.random(random);
      if (member.test(scene) && (distinct.add(scene) || draw > MOST_DRAWS / 10)) {
        scenes.add(scene);
      }
    }
    return scenes;
  }
}
