package dev.sluice.trainer.shapes;

import java.util.List;
import java.util.OptionalInt;
import java.util.stream.LongStream;

/**
 * The combinations that training never shows, at several levels of difficulty.
 *
 * <ul>
 *   <li>A shape in a color: every shape misses one color, and no color is missed twice, so each
 *       shape and each color alone is well known.
 *   <li>A single object whose shape and color are known together, but not with this size and
 *       background.
 *   <li>Two objects, each known, that never stood in this relation to each other.
 *   <li>So many of a shape, or so many in a color: every second shape misses one count of several,
 *       and so does every second color, whatever else there is.
 *   <li>So many objects of a shape and color, each two of which are known together.
 *   <li>Groups, each known, that never were in one picture.
 * </ul>
 *
 * <p>The choice is a fixed table and hash, independent of any seed: a shipped model and its
 * evaluation always agree about it.
 */
public final class Holdout {

  private static final int ONE_SINGLE_IN = 8;
  private static final int ONE_PAIR_IN = 8;
  private static final int ONE_GROUP_IN = 8;
  private static final int ONE_GATHERING_IN = 8;

  private Holdout() {}

  /** The color in which training never shows a shape. */
  public static ShapeColor unseenColor(Shape shape) {
    ShapeColor[] colors = ShapeColor.values();
    return colors[(3 * shape.ordinal() + 4) % colors.length];
  }

  /** Whether training never shows this shape in this color. */
  public static boolean isUnseenConcept(SceneObject object) {
    return unseenColor(object.shape()) == object.color();
  }

  /** How many of a shape training never shows together; empty if it shows all counts. */
  public static OptionalInt unseenCount(Shape shape) {
    return shape.ordinal() % 2 == 1 ? several(shape.ordinal() / 2) : OptionalInt.empty();
  }

  /** How many objects alike training never shows in a color; empty if it shows all counts. */
  public static OptionalInt unseenCount(ShapeColor color) {
    return color.ordinal() % 2 == 0 ? several(color.ordinal() / 2 + 1) : OptionalInt.empty();
  }

  /** A count of several, and each in turn. */
  private static OptionalInt several(int number) {
    return OptionalInt.of(2 + number % (SceneGroup.MOST - 1));
  }

  /** Whether training never shows so many of this shape, or in this color. */
  public static boolean isUnseenCount(SceneGroup group) {
    OptionalInt count = OptionalInt.of(group.count());
    return count.equals(unseenCount(group.object().shape()))
        || count.equals(unseenCount(group.object().color()));
  }

  /** Whether a scene has a group of a count that its shape or color never has in training. */
  public static boolean hasUnseenCount(Scene scene) {
    return scene instanceof Scene.Groups groups
        && groups.groups().stream().anyMatch(Holdout::isUnseenCount);
  }

  /** Whether training must not show this scene. */
  public static boolean isHeldOut(Scene scene) {
    return scene.objects().stream().anyMatch(Holdout::isUnseenConcept)
        || hasUnseenCount(scene)
        || isHeldOutCombination(scene);
  }

  /** Whether a scene is held out for the way in which it combines concepts that are known. */
  public static boolean isHeldOutCombination(Scene scene) {
    if (scene.objects().stream().anyMatch(Holdout::isUnseenConcept)) {
      return false;
    }
    if (scene instanceof Scene.Groups groups) {
      return !hasUnseenCount(scene) && isHeldOutCombination(groups.groups());
    }
    if (scene instanceof Scene.Pair pair) {
      // "a above b" and "b below a" are one picture, hence one combination.
      Scene.Pair told = pair.relation().sign() < 0 ? pair : pair.mirrored();
      long key =
          Mixer.mix(
              2,
              told.relation().ordinal(),
              told.first().shape().ordinal(),
              told.first().color().ordinal(),
              told.second().shape().ordinal(),
              told.second().color().ordinal());
      return Math.floorMod(key, ONE_PAIR_IN) == 0;
    }
    SceneObject object = scene.objects().get(0);
    long key =
        Mixer.mix(
            1,
            object.shape().ordinal(),
            object.color().ordinal(),
            object.size().ordinal(),
            scene.background().ordinal());
    return Math.floorMod(key, ONE_SINGLE_IN) == 0;
  }

  private static boolean isHeldOutCombination(List<SceneGroup> groups) {
    boolean newGroup =
        groups.stream()
            .filter(group -> group.count() > 1)
            .anyMatch(group -> Math.floorMod(Mixer.mix(3, key(group)), ONE_GROUP_IN) == 0);
    if (newGroup || groups.size() == 1) {
      return newGroup;
    }
    long[] keys =
        LongStream.concat(LongStream.of(4), groups.stream().mapToLong(Holdout::key)).toArray();
    return Math.floorMod(Mixer.mix(keys), ONE_GATHERING_IN) == 0;
  }

  private static long key(SceneGroup group) {
    SceneObject object = group.object();
    return Mixer.mix(group.count(), object.shape().ordinal(), object.color().ordinal());
  }
}
