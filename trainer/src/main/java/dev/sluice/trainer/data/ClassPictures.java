package dev.sluice.trainer.data;

import dev.sluice.networks.tensor.HostTensor;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Grey pictures with classes, all in memory.
 *
 * @param side height and width
 * @param levels {@code [count, side, side]}, unsigned
 * @param classes {@code [count]}
 */
public record ClassPictures(int side, byte[] levels, byte[] classes) {

  /**
   * Reads the two files of a part of MNIST or its kin.
   *
   * @param part {@code train} or {@code t10k}
   * @param side of the pictures; those of the files are put in the middle, with black around
   * @throws DataException if they are not there, or do not fit each other
   */
  public static ClassPictures readIdx(Path folder, String part, int side) {
    IdxFile pictures = IdxFile.read(folder, part + "-images-idx3-ubyte", 3);
    IdxFile classes = IdxFile.read(folder, part + "-labels-idx1-ubyte", 1);
    int count = pictures.extents()[0];
    int own = pictures.extents()[1];
    if (classes.extents()[0] != count || own != pictures.extents()[2] || own > side) {
      throw new DataException(
          "%s: %s pictures and %s classes do not fit each other, or a square of %d"
              .formatted(
                  folder,
                  Arrays.toString(pictures.extents()),
                  Arrays.toString(classes.extents()),
                  side));
    }
    byte[] levels = new byte[count * side * side];
    int border = (side - own) / 2;
    for (int i = 0; i < count; i++) {
      for (int y = 0; y < own; y++) {
        System.arraycopy(
            pictures.values(),
            (i * own + y) * own,
            levels,
            (i * side + y + border) * side + border,
            own);
      }
    }
    return new ClassPictures(side, levels, classes.values());
  }

  public int count() {
    return classes.length;
  }

  /** Some pictures, {@code [rows, 1, side, side]} in [-1, 1]. */
  public HostTensor.Floats pictures(int[] chosen) {
    int area = side * side;
    float[] values = new float[chosen.length * area];
    for (int row = 0; row < chosen.length; row++) {
      for (int i = 0; i < area; i++) {
        values[row * area + i] = (levels[chosen[row] * area + i] & 0xff) / 127.5f - 1;
      }
    }
    return new HostTensor.Floats(values, chosen.length, 1, side, side);
  }

  /** Their classes, {@code [rows]}. */
  public HostTensor.Longs classes(int[] chosen) {
    long[] values = new long[chosen.length];
    for (int row = 0; row < chosen.length; row++) {
      values[row] = classes[chosen[row]] & 0xff;
    }
    return new HostTensor.Longs(values, chosen.length);
  }
}
