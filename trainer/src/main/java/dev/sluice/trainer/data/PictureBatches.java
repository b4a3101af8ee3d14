package dev.sluice.trainer.data;

import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.planning.picture.PictureException;
import dev.sluice.planning.picture.PictureFile;
import java.io.IOException;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Batches of a set of picture files. What is no picture is named once and passed over: the one
 * after it in the set comes in its place.
 */
public final class PictureBatches implements AutoCloseable {

  private final PictureSet set;
  private final Framing framing;
  private final Shuffled order;
  private final long seed;
  private final Consumer<String> passedOver;
  private final Set<Integer> bad = ConcurrentHashMap.newKeySet();

  /**
   * @param set is closed with this
   * @param passedOver told of each bad file, in a sentence
   */
  public PictureBatches(PictureSet set, Framing framing, long seed, Consumer<String> passedOver) {
    this.set = set;
    this.framing = framing;
    this.order = new Shuffled(set.count(), seed);
    this.seed = seed;
    this.passedOver = passedOver;
  }

  /**
   * A batch.
   *
   * @param pictures {@code [rows, channels, height, width]} in [-1, 1]
   * @param classes {@code [rows]}; all 0 where there are none
   */
  public record Batch(HostTensor.Floats pictures, HostTensor.Longs classes) {}

  /**
   * The batch of that number, the same whenever it is asked for.
   *
   * @throws DataException when no file of the set is a picture
   */
  public Batch batch(long number, int rows) {
    int size = framing.size();
    float[] pictures = new float[rows * size];
    long[] classes = new long[rows];
    int[] chosen = order.batch(number, rows);
    SplittableRandom random = Draws.of(seed, number);
    for (int row = 0; row < rows; row++) {
      classes[row] = fill(chosen[row], random.split(), pictures, row * size);
    }
    return new Batch(
        new HostTensor.Floats(
            pictures, rows, framing.channels(), framing.height(), framing.width()),
        new HostTensor.Longs(classes, rows));
  }

  private long fill(int first, SplittableRandom random, float[] target, int at) {
    for (int tried = 0; tried < set.count(); tried++) {
      int index = (first + tried) % set.count();
      if (bad.contains(index)) {
        continue;
      }
      String name = "picture " + index;
      try {
        PictureSet.Entry entry = set.entry(index);
        name = entry.name();
        framing.frame(PictureFile.read(entry.file()).pixels(), random, target, at);
        return entry.classNumber().orElse(0);
      } catch (IOException | PictureException e) {
        if (bad.add(index)) {
          passedOver.accept("%s is passed over: it %s".formatted(name, reason(e)));
        }
      }
    }
    throw new DataException("none of the %d files is a picture".formatted(set.count()));
  }

  private static String reason(Exception e) {
    return e instanceof IOException ? "cannot be read (" + e.getMessage() + ")" : e.getMessage();
  }

  @Override
  public void close() {
    set.close();
  }
}
