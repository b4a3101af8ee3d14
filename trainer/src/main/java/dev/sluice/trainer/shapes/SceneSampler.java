package dev.sluice.trainer.shapes;

import java.util.SplittableRandom;

/**
 * An endless, addressable list of training scenes: element {@code i} depends on the seed and {@code
 * i} alone, so a resumed run goes on exactly where it stopped. Held-out scenes never occur.
 */
public final class SceneSampler {

  private static final double PAIR_SHARE = 0.6;

  private final World world;
  private final long seed;

  /** Scenes of a world. */
  public SceneSampler(World world, long seed) {
    this.world = world;
    this.seed = seed;
  }

  /** One training example: the scene, its picture and one of its captions. */
  public record Example(Scene scene, SceneLayout layout, String caption) {
    /** The picture, {@code [3, 64, 64]} in [-1, 1]. */
    public float[] pixels() {
      return SceneRenderer.pixels(scene, layout);
    }
  }

  /** Element {@code index} of the list. */
  public Example example(long index) {
    SplittableRandom random = new SplittableRandom(Mixer.mix(seed, index));
    Scene scene = world.random(random);
    while (Holdout.isHeldOut(scene)) {
      scene = world.random(random);
    }
    return example(scene, random);
  }

  /** A picture and a caption of a given scene. */
  public Example example(Scene scene, SplittableRandom random) {
    return new Example(scene, SceneLayout.sample(scene, random), world.caption(scene, random));
  }

  /** Any scene of one object or a pair, held out or not. */
  static Scene random(SplittableRandom random) {
    Background background = pick(Background.values(), random);
    SceneObject first = object(random);
    if (random.nextDouble() >= PAIR_SHARE) {
      return new Scene.Single(first, background);
    }
    SceneObject second = object(random);
    while (second.color() == first.color()) {
      second = object(random);
    }
    return new Scene.Pair(first, pick(Relation.values(), random), second, background);
  }

  static SceneObject object(SplittableRandom random) {
    return new SceneObject(
        pick(Shape.values(), random),
        pick(ShapeColor.values(), random),
        pick(ObjectSize.values(), random));
  }

  static <T> T pick(T[] values, SplittableRandom random) {
    return values[random.nextInt(values.length)];
  }
}
