package dev.sluice.trainer.shapes;

import dev.sluice.diffusion.math.Resampling;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.trainer.data.Draws;
import dev.sluice.trainer.system.PhaseContext;
import java.util.SplittableRandom;

/** Batches of the shapes world: batch {@code i} holds the same scenes whenever it is asked for. */
public final class ShapesBatches {

  private static final int SIZE = SceneLayout.PICTURE_SIZE;

  private final World world;
  private final SceneSampler scenes;
  private final ShapesVocabulary vocabulary;
  private final long seed;
  private final int size;

  /** Batches of a phase: the recipe's world, the phase's seed and rows. */
  public ShapesBatches(PhaseContext context) {
    this(World.of(context.recipe()), context.settings().seed(), context.settings().rows());
  }

  ShapesBatches(World world, long seed, int size) {
    this.world = world;
    this.scenes = new SceneSampler(world, seed);
    this.vocabulary = new ShapesVocabulary(world);
    this.seed = seed;
    this.size = size;
  }

  /** What the scenes are of. */
  public World world() {
    return world;
  }

  /** Rows of a batch. */
  public int size() {
    return size;
  }

  /** A batch's scenes. */
  public SceneSampler.Example[] examples(long step) {
    SceneSampler.Example[] examples = new SceneSampler.Example[size];
    for (int i = 0; i < size; i++) {
      examples[i] = scenes.example(step * size + i);
    }
    return examples;
  }

  /** Every second row is a near miss of the row before it. */
  public SceneSampler.Example[] examplesWithNearMisses(long step) {
    SceneSampler.Example[] examples = examples(step);
    SplittableRandom random = random(step);
    for (int i = 1; i < size; i += 2) {
      examples[i] = scenes.example(NearMiss.of(examples[i - 1].scene(), random), random);
    }
    return examples;
  }

  /** What else is random at a step: near misses, dropped texts, crops. */
  public SplittableRandom random(long step) {
    return Draws.of(seed, step);
  }

  /** {@code [batch, 3, 64, 64]} in [-1, 1]. */
  public static HostTensor.Floats pictures(SceneSampler.Example[] examples) {
    return pictures(examples, SIZE);
  }

  /** One picture reduced to {@code size x size} by averaging. */
  public static float[] reduced(float[] picture, int size) {
    return size == SIZE ? picture : Resampling.AREA.resize(picture, 3, SIZE, SIZE, size, size);
  }

  /** {@code [batch, 3, size, size]} in [-1, 1]. */
  public static HostTensor.Floats pictures(SceneSampler.Example[] examples, int size) {
    int length = 3 * size * size;
    float[] pixels = new float[examples.length * length];
    for (int i = 0; i < examples.length; i++) {
      System.arraycopy(reduced(examples[i].pixels(), size), 0, pixels, i * length, length);
    }
    return new HostTensor.Floats(pixels, examples.length, 3, size, size);
  }

  /** Token ids {@code [batch, tokens]}; the empty text for the rows that {@code dropped} marks. */
  public HostTensor.Longs tokens(SceneSampler.Example[] examples, boolean[] dropped) {
    int length = ShapesVocabulary.MAX_LENGTH;
    long[] ids = new long[examples.length * length];
    for (int i = 0; i < examples.length; i++) {
      long[] encoded = vocabulary.encode(dropped[i] ? "" : examples[i].caption());
      System.arraycopy(encoded, 0, ids, i * length, length);
    }
    return new HostTensor.Longs(ids, examples.length, length);
  }

  /** The same tokens, of the empty text in the rows that {@code dropped} marks. */
  public HostTensor.Longs without(HostTensor.Longs tokens, boolean[] dropped) {
    long[] empty = vocabulary.encode("");
    long[] ids = tokens.values().clone();
    for (int row = 0; row < dropped.length; row++) {
      if (dropped[row]) {
        System.arraycopy(empty, 0, ids, row * empty.length, empty.length);
      }
    }
    return new HostTensor.Longs(ids, tokens.shape());
  }

  /** 1 for tokens up to the first end of text, {@code [batch, tokens]}. */
  public HostTensor.Longs mask(HostTensor.Longs tokens) {
    int length = tokens.shape()[1];
    long[] mask = new long[tokens.values().length];
    for (int row = 0; row < tokens.shape()[0]; row++) {
      boolean inside = true;
      for (int i = row * length; i < (row + 1) * length; i++) {
        mask[i] = inside ? 1 : 0;
        inside &= tokens.values()[i] != vocabulary.endId();
      }
    }
    return new HostTensor.Longs(mask, tokens.shape());
  }

  /** Marks a share of the rows. */
  public static boolean[] drop(SplittableRandom random, int rows, double share) {
    boolean[] dropped = new boolean[rows];
    for (int i = 0; i < rows; i++) {
      dropped[i] = random.nextDouble() < share;
    }
    return dropped;
  }

  /** Marks none. */
  public static boolean[] none(int rows) {
    return new boolean[rows];
  }
}
