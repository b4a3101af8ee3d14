package dev.sluice.trainer.truth;

import dev.sluice.trainer.shapes.Relation;
import dev.sluice.trainer.shapes.Scene;
import dev.sluice.trainer.shapes.SceneObject;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;

/** Compares pictures with the scenes they should show. */
public final class SceneJudge {

  private SceneJudge() {}

  /**
   * Judges a picture.
   *
   * @param pixels {@code [3, 64, 64]} in [-1, 1], or smaller as {@link SceneReader#read} takes it
   */
  public static Verdict judge(Scene expected, float[] pixels) {
    return judge(expected, SceneReader.read(pixels));
  }

  /** Judges what was read from a picture. */
  public static Verdict judge(Scene expected, SceneReading reading) {
    Set<Aspect> met = EnumSet.noneOf(Aspect.class);
    if (reading.background().filter(expected.background()::equals).isPresent()) {
      met.add(Aspect.BACKGROUND);
    }
    List<SceneObject> asked = expected.objects();
    if (reading.objects().size() == asked.size()) {
      met.add(Aspect.COUNT);
      judgeObjects(expected, asked, reading.objects(), met);
    }
    return new Verdict(expected, met, Atoms.of(expected, reading));
  }

  private static void judgeObjects(
      Scene expected, List<SceneObject> asked, List<SeenObject> seen, Set<Aspect> met) {
    if (!assign(asked, seen, SeenObject::hasColorOf).isEmpty()) {
      met.add(Aspect.COLOR);
    }
    if (!assign(asked, seen, SeenObject::hasShapeOf).isEmpty()) {
      met.add(Aspect.SHAPE);
    }
    List<SeenObject> bound = assign(asked, seen, SeenObject::hasShapeAndColorOf);
    if (bound.isEmpty()) {
      return;
    }
    met.add(Aspect.BINDING);
    boolean sized = true;
    for (int i = 0; i < asked.size(); i++) {
      sized &= bound.get(i).size() == asked.get(i).size();
    }
    if (sized) {
      met.add(Aspect.SIZE);
    }
    if (expected instanceof Scene.Pair pair) {
      SeenObject first = bound.get(0);
      SeenObject second = bound.get(1);
      if (Relation.of(first.x() - second.x(), first.y() - second.y()) == pair.relation()) {
        met.add(Aspect.RELATION);
      }
    }
  }

  /**
   * The seen objects in the order of the asked ones they match, or empty if some match none. There
   * are as many of these as of those.
   */
  private static List<SeenObject> assign(
      List<SceneObject> asked,
      List<SeenObject> seen,
      BiPredicate<SeenObject, SceneObject> matches) {
    if (asked.isEmpty()) {
      return List.of();
    }
    List<SceneObject> later = asked.subList(1, asked.size());
    for (SeenObject first : seen) {
      if (matches.test(first, asked.get(0))) {
        List<SeenObject> others = new ArrayList<>(seen);
        others.remove(first);
        List<SeenObject> rest = assign(later, others, matches);
        if (rest.size() == later.size()) {
          others.clear();
          others.add(first);
          others.addAll(rest);
          return others;
        }
      }
    }
    return List.of();
  }
}
