package dev.sluice.trainer.data;

import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.planning.picture.PictureException;
import dev.sluice.planning.picture.PictureFile;
import dev.sluice.planning.picture.Pixels;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Pictures with captions in batches of one size each, which is nearest to the aspect ratio of all
 * in it. Every file is looked at once before: what is no picture is named and left out.
 */
public final class CaptionedPictures implements AutoCloseable {

  private static final int CHANNELS = 3;

  private final PictureSet set;
  private final List<AspectBuckets.Size> sizes;
  private final List<List<Entry>> buckets;
  private final List<List<String>> captions;
  private final Options options;
  private final BucketOrder order;

  /**
   * How pictures are cut and drawn.
   *
   * @param rows of a batch
   * @param randomCrop whether they are cut out anywhere, and not of the middle
   * @param flips the share that is turned left to right
   * @param caption of pictures that have none, and no sub-folder; empty for none
   */
  public record Options(int rows, boolean randomCrop, double flips, String caption, long seed) {}

  private record Entry(int index, int captions) {}

  /**
   * A batch.
   *
   * @param pictures {@code [rows, 3, height, width]} in [-1, 1]
   * @param captions the numbers of their captions, {@code [rows]}
   */
  public record Batch(HostTensor.Floats pictures, HostTensor.Longs captions) {}

  /**
   * Looks at all of a set.
   *
   * @param set is closed with this
   * @param told of each file that is left out, in a sentence
   * @throws DataException if no file is a picture, or one has no caption
   */
  public CaptionedPictures(
      PictureSet set, AspectBuckets aspects, Options options, Consumer<String> told) {
    this.set = set;
    this.options = options;
    this.captions = new ArrayList<>();
    Map<Integer, List<Entry>> found = new TreeMap<>();
    for (int index = 0; index < set.count(); index++) {
      String name = "picture " + index;
      try {
        PictureSet.Entry entry = set.entry(index);
        name = entry.name();
        Pixels pixels = PictureFile.read(entry.file()).pixels();
        int size = aspects.nearest(pixels.width(), pixels.height());
        found
            .computeIfAbsent(size, key -> new ArrayList<>())
            .add(new Entry(index, captions.size()));
        captions.add(captions(entry));
      } catch (IOException e) {
        told.accept("%s is left out: it cannot be read (%s)".formatted(name, e.getMessage()));
      } catch (PictureException e) {
        told.accept("%s is left out: it %s".formatted(name, e.getMessage()));
      }
    }
    if (found.isEmpty()) {
      throw new DataException("none of the %d files is a picture".formatted(set.count()));
    }
    this.sizes = found.keySet().stream().map(aspects.sizes()::get).toList();
    this.buckets = List.copyOf(found.values());
    this.order =
        new BucketOrder(
            buckets.stream().mapToInt(List::size).toArray(), options.rows(), options.seed());
  }

  private List<String> captions(PictureSet.Entry entry) {
    if (!entry.captions().isEmpty()) {
      return entry.captions();
    }
    if (entry.classNumber().isPresent()) {
      return List.of(set.classes().get(entry.classNumber().getAsInt()));
    }
    if (options.caption().isEmpty()) {
      throw new DataException(
          "%s has no caption: write them to metadata.jsonl, put pictures into sub-folders that say"
                  .formatted(entry.name())
              + " what they show, or set one for all, such as --set caption=\"a photo of sks dog\"");
    }
    return List.of(options.caption());
  }

  /** How many pictures there are. */
  public int count() {
    return captions.size();
  }

  /** The sizes that occur. */
  public List<AspectBuckets.Size> sizes() {
    return sizes;
  }

  /** What is said of pictures, one or several captions each, by the numbers of batches. */
  public List<List<String>> captions() {
    return captions;
  }

  /** The batch of that number, the same whenever it is asked for. */
  public Batch batch(long number) {
    BucketOrder.Batch chosen = order.batch(number);
    AspectBuckets.Size size = sizes.get(chosen.bucket());
    Framing framing =
        new Framing(size.width(), size.height(), CHANNELS, options.randomCrop(), options.flips());
    int rows = options.rows();
    float[] pictures = new float[rows * framing.size()];
    long[] said = new long[rows];
    SplittableRandom random = Draws.of(options.seed(), number);
    for (int row = 0; row < rows; row++) {
      Entry entry = buckets.get(chosen.bucket()).get(chosen.entries()[row]);
      said[row] = entry.captions();
      framing.frame(pixels(entry.index()), random.split(), pictures, row * framing.size());
    }
    return new Batch(
        new HostTensor.Floats(pictures, rows, CHANNELS, size.height(), size.width()),
        new HostTensor.Longs(said, rows));
  }

  private Pixels pixels(int index) {
    try {
      return PictureFile.read(set.entry(index).file()).pixels();
    } catch (IOException | PictureException e) {
      throw new DataException(
          "a picture that was there cannot be read any more: %s".formatted(e.getMessage()));
    }
  }

  @Override
  public void close() {
    set.close();
  }
}
