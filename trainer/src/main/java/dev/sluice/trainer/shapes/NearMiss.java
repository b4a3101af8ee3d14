package dev.sluice.trainer.shapes;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Scenes that differ from a given one in a single thing a caption says: which object has the color,
 * the shape or the size, how the two stand, how many there are, or one property of a single object.
 * Side by side in a batch they make a contrastive loss ask which word belongs to which object;
 * among random scenes the set of words alone tells nearly all of them apart.
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
      Scene miss = near(scene, random);
      if (!miss.equals(scene) && !Holdout.isHeldOut(miss)) {
        return miss;
      }
    }
  }

  private static Scene near(Scene scene, SplittableRandom random) {
    if (scene instanceof Scene.Pair pair) {
      return ofPair(pair, random);
    }
    return scene instanceof Scene.Groups groups
        ? ofGroups(groups, random)
        : ofSingle((Scene.Single) scene, random);
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

  private static Scene ofGroups(Scene.Groups scene, SplittableRandom random) {
    List<SceneGroup> groups = new ArrayList<>(scene.groups());
    int at = random.nextInt(groups.size());
    SceneGroup one = groups.get(at);
    switch (random.nextInt(groups.size() == 1 ? 3 : 6)) {
      case 0 -> {
        return new Scene.Groups(groups, pick(Background.values(), random));
      }
      case 1 ->
          groups.set(at, new SceneGroup(random.nextInt(1, SceneGroup.MOST + 1), one.object()));
      case 2 -> groups.set(at, new SceneGroup(one.count(), changed(one.object(), random)));
      default -> exchange(groups, at, random);
    }
    return Scene.Groups.possible(groups) ? new Scene.Groups(groups, scene.background()) : scene;
  }

  /** Gives two groups each other's color, shape, size or count. */
  private static void exchange(List<SceneGroup> groups, int at, SplittableRandom random) {
    int next = (at + 1) % groups.size();
    SceneGroup one = groups.get(at);
    SceneGroup other = groups.get(next);
    SceneObject a = one.object();
    SceneObject b = other.object();
    int kind = random.nextInt(4);
    SceneObject first =
        switch (kind) {
          case 0 -> with(a, b.color());
          case 1 -> with(a, b.shape());
          case 2 -> with(a, b.size());
          default -> a;
        };
    SceneObject second =
        switch (kind) {
          case 0 -> with(b, a.color());
          case 1 -> with(b, a.shape());
          case 2 -> with(b, a.size());
          default -> b;
        };
    boolean counts = kind == 3;
    groups.set(at, new SceneGroup(counts ? other.count() : one.count(), first));
    groups.set(next, new SceneGroup(counts ? one.count() : other.count(), second));
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
