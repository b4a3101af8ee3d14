package dev.sluice.trainer.measure;

import dev.sluice.catalog.Config;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.unet.NoisyClassifier;
import dev.sluice.safetensors.Checkpoints;
import dev.sluice.safetensors.TensorSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** The classifier by whose features pictures are measured. */
public final class PictureFeatures implements AutoCloseable {

  private static final int BATCH = 100;

  private final Network classifier;
  private final int classes;

  /**
   * Loads it.
   *
   * @param model the folder that {@code train} writes of a classifier
   * @throws IllegalArgumentException if it is not there
   */
  public PictureFeatures(Path model) {
    Path folder = model.resolve("classifier");
    if (!Files.exists(folder.resolve("config.json"))) {
      throw new IllegalArgumentException(
          "%s holds no classifier; run train fashion-classifier first, or train emoji-classifier for emoji"
              .formatted(model));
    }
    Config config = Config.read(folder.resolve("config.json"));
    classes = config.integer("num_classes");
    try (TensorSource weights = Checkpoints.open(folder)) {
      classifier = Network.load(new NoisyClassifier(config), weights);
    }
  }

  /** How many classes it tells apart. */
  public int classes() {
    return classes;
  }

  /**
   * What it makes of pictures.
   *
   * @param features of each
   * @param classes that each most likely is of
   * @param logits of the classes, of each
   */
  public record Seen(Vectors features, int[] classes, Vectors logits) {

    /** How many classes are likelier than one, for one of the pictures; 0 for the likeliest. */
    public int rank(int picture, int asked) {
      int first = picture * logits.width();
      int rank = 0;
      for (int i = 0; i < logits.width(); i++) {
        rank += logits.values()[first + i] > logits.values()[first + asked] ? 1 : 0;
      }
      return rank;
    }
  }

  /**
   * Looks at pictures.
   *
   * @param pictures {@code [count, channels, height, width]} in [-1, 1]
   */
  public Seen look(HostTensor.Floats pictures) {
    int count = pictures.shape()[0];
    int size = pictures.values().length / count;
    float[] features = null;
    int[] classes = new int[count];
    float[] logits = new float[count * this.classes];
    for (int start = 0; start < count; start += BATCH) {
      int rows = Math.min(BATCH, count - start);
      int[] shape = pictures.shape().clone();
      shape[0] = rows;
      float[] some = Arrays.copyOfRange(pictures.values(), start * size, (start + rows) * size);
      Map<String, HostTensor.Floats> seen =
          classifier.run(
              Map.of(
                  "sample", new HostTensor.Floats(some, shape),
                  "timestep", new HostTensor.Longs(new long[rows], rows)));
      float[] found = seen.get("features").values();
      if (features == null) {
        features = new float[count * found.length / rows];
      }
      System.arraycopy(found, 0, features, start * found.length / rows, found.length);
      float[] likely = seen.get("logits").values();
      System.arraycopy(likely, 0, logits, start * this.classes, likely.length);
      choose(likely, rows, classes, start);
    }
    return new Seen(
        new Vectors(features, features.length / count), classes, new Vectors(logits, this.classes));
  }

  private static void choose(float[] logits, int rows, int[] classes, int start) {
    int count = logits.length / rows;
    for (int row = 0; row < rows; row++) {
      int best = 0;
      for (int i = 1; i < count; i++) {
        if (logits[row * count + i] > logits[row * count + best]) {
          best = i;
        }
      }
      classes[start + row] = best;
    }
  }

  @Override
  public void close() {
    classifier.close();
  }
}
