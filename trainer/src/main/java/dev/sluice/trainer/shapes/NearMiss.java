package dev.sluice.trainer.shapes;

import java.util.SplittableRandom;

/**
 * Scenes that differ from a given one in a single thing a caption says: which object has the color,
 * the shape or the size, how the two stand, or one property of a single object. Side by side in a
 * batch they make a contrastive loss ask which word belongs to which object; among random scenes
 * the set of words alone tells nearly all of them apart.
 */
public final class NearMiss {

  private NearMiss() {}

  /**
   * A scene that training may show and that differs from {@code scene} in one thing.
   *
   * @throws IllegalArgumentException if training may not show {@code scene}: of some such scenes
   *     every near miss is held out too
   */
  public static Scene of(Scene scene, SplittableRandom random) {
    if (Holdout.isHeldOut(scene)) {
      throw new IllegalArgumentException("held out of training: " + scene);
    }
    while (true) {
      Scene miss =
          scene instanceof Scene.Pair pair
              ? ofPair(pair, random)
              : ofSingle((Scene.Single) scene, random);
      if (!miss.equals(scene) && !Holdout.isHeldOut(miss)) {
        return miss;
      }
    }
  }

  private static Scene ofPair(Scene.Pair pair, SplittableRandom random) {
    SceneObject a = pair.first();
    SceneObject b = pair.second();
    return switch (random.nextInt(5)) {
      case 0 -> pair(pair, with(a, b.color()), with(b, a.color()));
      case 1 -> pair(pair, with(a, b.shape()), with(b, a.shape()));
      case 2 -> pair(pair, with(a, b.size()), with(b, a.size()));
      case 3 -> new Scene.Pair(a, pair.relation().inverse(), b, pair.background());
      default -> {
        SceneObject changed = changed(a, random);
        yield changed.color() == b.color() ? pair : pair(pair, changed, b);
      }
    };
  }

  private static Scene ofSingle(Scene.Single single, SplittableRandom random) {
    if (random.nextInt(4) == 0) {
      return new Scene.Single(single.object(), pick(Background.values(), random));
    }
    return new Scene.Single(changed(single.object(), random), single.background());
  }

  private static SceneObject changed(SceneObject object, SplittableRandom random) {
    return switch (random.nextInt(3)) {
      case 0 -> with(object, pick(ShapeColor.values(), random));
      case 1 -> with(object, pick(Shape.values(), random));
      default -> with(object, pick(ObjectSize.values(), random));
    };
  }

  private static Scene.Pair pair(Scene.Pair like, SceneObject first, SceneObject second) {
    return new Scene.Pair(first, like.relation(), second, like.background());
  }

  private static SceneObject with(SceneObject object, ShapeColor color) {
    return new SceneObject(object.shape(), color, object.size());
  }

  private static SceneObject with(SceneObject object, Shape shape) {
    return new SceneObject(shape, object.color(), object.size());
  }

  private static SceneObject with(SceneObject object, ObjectSize size) {
    return new SceneObject(object.shape(), object.color(), size);
  }

  private static <T> T pick(T[] values, SplittableRandom random) {
    return values[random.nextInt(values.length)];
  }
}
