package dev.sluice.planning.picture;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** Numbers and marks in the bytes of a file. */
final class Bytes {

  private Bytes() {}

  static boolean startsWith(byte[] bytes, int offset, byte[] mark) {
    return bytes.length - offset >= mark.length
        && Arrays.equals(bytes, offset, offset + mark.length, mark, 0, mark.length);
  }

  static int unsigned(byte[] bytes, int offset) {
    return bytes[offset] & 0xff;
  }

  /** Two bytes, the high one first. */
  static int big16(byte[] bytes, int offset) {
    return unsigned(bytes, offset) << 8 | unsigned(bytes, offset + 1);
  }

  /** Four bytes, the highest first. */
  static long big32(byte[] bytes, int offset) {
    return (long) big16(bytes, offset) << 16 | big16(bytes, offset + 2);
  }

  /** Four bytes, the lowest first. */
  static long little32(byte[] bytes, int offset) {
    return Integer.toUnsignedLong(Integer.reverseBytes((int) big32(bytes, offset)));
  }

  static void putLittle32(ByteArrayOutputStream out, long value) {
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      out.write((int) (value >> shift));
    }
  }
}
