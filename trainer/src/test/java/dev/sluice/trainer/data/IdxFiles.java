package dev.sluice.trainer.data;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;

/** Writes small sets in the format of MNIST. */
public final class IdxFiles {

  private IdxFiles() {}

  /** The four files, compressed: 28x28 pictures whose class is how bright they are. */
  public static void writeSet(Path folder, int training, int test) throws IOException {
    Files.createDirectories(folder);
    part(folder, "train", training);
    part(folder, "t10k", test);
  }

  private static void part(Path folder, String part, int count) throws IOException {
    byte[] levels = new byte[count * 28 * 28];
    byte[] classes = new byte[count];
    SplittableRandom random = new SplittableRandom(count);
    for (int i = 0; i < count; i++) {
      classes[i] = (byte) (i % 10);
      for (int j = 0; j < 28 * 28; j++) {
        levels[i * 28 * 28 + j] = (byte) (20 * classes[i] + random.nextInt(20));
      }
    }
    write(folder.resolve(part + "-images-idx3-ubyte.gz"), levels, count, 28, 28);
    write(folder.resolve(part + "-labels-idx1-ubyte.gz"), classes, count);
  }

  static void write(Path file, byte[] values, int... extents) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(4 * (1 + extents.length));
    header.putInt(0x800 | extents.length);
    for (int extent : extents) {
      header.putInt(extent);
    }
    OutputStream raw = Files.newOutputStream(file);
    try (OutputStream out = file.toString().endsWith(".gz") ? new GZIPOutputStream(raw) : raw) {
      out.write(header.array());
      out.write(values);
    }
  }
}
