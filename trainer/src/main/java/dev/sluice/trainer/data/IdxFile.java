package dev.sluice.trainer.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/**
 * A file of MNIST and its kin (LeCun's IDX): two zeros, the type, the number of dimensions, their
 * extents as big-endian integers, and the values; here bytes, plain or compressed with gzip.
 *
 * @param extents the outermost first
 * @param values unsigned
 */
record IdxFile(int[] extents, byte[] values) {

  private static final int UNSIGNED_BYTES = 8;
  private static final int GZIP = 0x1f8b;

  /**
   * Reads a file of that name, or with {@code .gz} after it.
   *
   * @param dimensions that it must have
   * @throws DataException if it is not there, or is no such file
   */
  static IdxFile read(Path folder, String name, int dimensions) {
    Path plain = folder.resolve(name);
    Path file = Files.exists(plain) ? plain : folder.resolve(name + ".gz");
    if (!Files.exists(file)) {
      throw new DataException("%s holds neither %s nor %s.gz".formatted(folder, name, name));
    }
    byte[] content;
    try (InputStream in = Files.newInputStream(file)) {
      content = in.readAllBytes();
      if (content.length > 2 && ByteBuffer.wrap(content).getShort() == (short) GZIP) {
        content = new GZIPInputStream(new java.io.ByteArrayInputStream(content)).readAllBytes();
      }
    } catch (IOException e) {
      throw new DataException("%s cannot be read: %s".formatted(file, e.getMessage()));
    }
    return of(content, file, dimensions);
  }

  private static IdxFile of(byte[] content, Path file, int dimensions) {
    int header = Integer.BYTES * (1 + dimensions);
    ByteBuffer bytes = ByteBuffer.wrap(content);
    if (content.length < header || bytes.getInt() != (UNSIGNED_BYTES << 8 | dimensions)) {
      throw new DataException(
          "%s is no IDX file of bytes in %d dimensions".formatted(file, dimensions));
    }
    int[] extents = new int[dimensions];
    long size = 1;
    for (int i = 0; i < dimensions; i++) {
      extents[i] = bytes.getInt();
      size *= Math.max(0, extents[i]);
    }
    if (size != content.length - header) {
      throw new DataException(
          "%s says that it holds %s values and holds %,d; it is cut off or damaged"
              .formatted(file, Arrays.toString(extents), content.length - header));
    }
    return new IdxFile(extents, Arrays.copyOfRange(content, header, content.length));
  }
}
