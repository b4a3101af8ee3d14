package dev.sluice.trainer.shapes;

/**
 * The combinations that training never shows, at three levels of difficulty.
 *
 * <ul>
 *   <li>A shape in a color: every shape misses one color, and no color is missed twice, so each
 *       shape and each color alone is well known.
 *   <li>A single object whose shape and color are known together, but not with this size and
 *       background.
 *   <li>Two objects, each known, that never stood in this relation to each other.
 * </ul>
 *
 * <p>The choice is a fixed table and hash, independent of any seed: a shipped model and its
 * evaluation always agree about it.
 */
public final class Holdout {

  private static final int ONE_SINGLE_IN = 8;
  private static final int ONE_PAIR_IN = 8;

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

  /** Whether training must not show this scene. */
  public static boolean isHeldOut(Scene scene) {
    return scene.objects().stream().anyMatch(Holdout::isUnseenConcept)
        || isHeldOutCombination(scene);
  }

  /** Whether a scene is held out for the way in which it combines concepts that are known. */
  public static boolean isHeldOutCombination(Scene scene) {
    if (scene.objects().stream().anyMatch(Holdout::isUnseenConcept)) {
      return false;
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
}
