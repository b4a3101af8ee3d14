package dev.sluice.trainer.truth;

import dev.sluice.trainer.shapes.Relation;
import dev.sluice.trainer.shapes.Scene;
import dev.sluice.trainer.shapes.SceneObject;
import java.util.List;

/**
 * The single things that a scene asks for, in the sense of GenEval 2's atoms (Kamath et al. 2025):
 * each object's shape, color and size, the relation of a pair, the number of objects, the
 * background. Unlike {@link Aspect}s they are judged one by one: of four objects three may be
 * right.
 *
 * @param asked 5 for one object, 9 for a pair, 14 for four objects
 * @param met those of them that the picture gets right
 */
public record Atoms(int asked, int met) {

  private static final int OF_AN_OBJECT = 3;

  public Atoms {
    if (met < 0 || met > asked) {
      throw new IllegalArgumentException("Met %d atoms of %d".formatted(met, asked));
    }
  }

  /** The share of them that is right. */
  public double share() {
    return (double) met / asked;
  }

  /** Judges what was read from a picture, every asked object by the seen one that fits it best. */
  static Atoms of(Scene scene, SceneReading reading) {
    List<SceneObject> asked = scene.objects();
    List<SeenObject> seen = reading.objects();
    Assignment best = best(asked, seen);
    int all = OF_AN_OBJECT * asked.size() + 2;
    int met = best.met();
    met += seen.size() == asked.size() ? 1 : 0;
    met += reading.background().filter(scene.background()::equals).isPresent() ? 1 : 0;
    if (scene instanceof Scene.Pair pair) {
      all++;
      met += stand(pair, best.seen()) ? 1 : 0;
    }
    return new Atoms(all, met);
  }

  /** Whether objects of the asked shapes stand to each other as asked. */
  private static boolean stand(Scene.Pair pair, SeenObject[] seen) {
    SeenObject first = seen[0];
    SeenObject second = seen[1];
    return first != null
        && second != null
        && first.hasShapeOf(pair.first())
        && second.hasShapeOf(pair.second())
        && Relation.of(first.x() - second.x(), first.y() - second.y()) == pair.relation();
  }

  /** The seen object of each asked one, null where there is none, and the atoms that are met. */
  private record Assignment(SeenObject[] seen, int met) {}

  /** Over sets of asked objects that have theirs, one seen object after the other. */
  private static Assignment best(List<SceneObject> asked, List<SeenObject> seen) {
    Assignment[] bySet = new Assignment[1 << asked.size()];
    bySet[0] = new Assignment(new SeenObject[asked.size()], 0);
    for (SeenObject object : seen) {
      // From large sets to small ones, so that no object is given twice.
      for (int set = bySet.length - 1; set >= 0; set--) {
        for (int one = 0; bySet[set] != null && one < asked.size(); one++) {
          int larger = set | 1 << one;
          if (larger != set) {
            int met = bySet[set].met() + met(asked.get(one), object);
            if (bySet[larger] == null || met > bySet[larger].met()) {
              SeenObject[] with = bySet[set].seen().clone();
              with[one] = object;
              bySet[larger] = new Assignment(with, met);
            }
          }
        }
      }
    }
    Assignment best = bySet[0];
    for (Assignment assignment : bySet) {
      best = assignment != null && assignment.met() > best.met() ? assignment : best;
    }
    return best;
  }

  private static int met(SceneObject asked, SeenObject seen) {
    int met = seen.hasShapeOf(asked) ? 1 : 0;
    met += seen.hasColorOf(asked) ? 1 : 0;
    return met + (seen.size() == asked.size() ? 1 : 0);
  }
}
