package dev.sluice.trainer.fashion;

import dev.sluice.trainer.data.ClassPictures;
import dev.sluice.trainer.data.DataException;
import dev.sluice.trainer.data.Shuffled;
import dev.sluice.trainer.pixels.PictureSource;
import dev.sluice.trainer.system.PhaseContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Fashion-MNIST (Xiao et al. 2017): 60,000 pictures to train with and 10,000 to measure by, of
 * 28x28 pixels, here with two black ones around on each side.
 */
public final class FashionData {

  public static final int SIDE = 32;

  public static final List<String> CLASSES =
      List.of(
          "T-shirt",
          "trousers",
          "pullover",
          "dress",
          "coat",
          "sandal",
          "shirt",
          "sneaker",
          "bag",
          "ankle boot");

  private static final Path DEBIAN = Path.of("/usr/share/datasets/fashion-mnist");

  private FashionData() {}

  /** The pictures to train with. */
  public static ClassPictures training(Optional<Path> folder) {
    return ClassPictures.readIdx(folder(folder), "train", SIDE);
  }

  /** The pictures to measure by. */
  public static ClassPictures test(Optional<Path> folder) {
    return ClassPictures.readIdx(folder(folder), "t10k", SIDE);
  }

  /** The pictures to train with, in batches of the phase. */
  static PictureSource batches(PhaseContext context) {
    ClassPictures pictures = training(context.data());
    Shuffled order = new Shuffled(pictures.count(), context.settings().seed());
    int rows = context.settings().rows();
    return number -> {
      int[] chosen = order.batch(number, rows);
      return Map.of("clean", pictures.pictures(chosen), "classes", pictures.classes(chosen));
    };
  }

  /** Classes to ask for: all of them in turn. */
  public static long[] inTurn(int count) {
    long[] classes = new long[count];
    for (int i = 0; i < count; i++) {
      classes[i] = i % CLASSES.size();
    }
    return classes;
  }

  private static Path folder(Optional<Path> given) {
    Path folder = given.orElse(DEBIAN);
    if (!Files.isDirectory(folder)) {
      throw new DataException(
          given.isPresent()
              ? folder + " is no folder; --data names one with the four IDX files of Fashion-MNIST"
              : ("Fashion-MNIST is not at %s: install Debian's package (apt-get install"
                      + " dataset-fashion-mnist), or name a folder with its four IDX files by"
                      + " --data DIR")
                  .formatted(DEBIAN));
    }
    return folder;
  }
}
