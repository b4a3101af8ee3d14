package dev.sluice.safetensors;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;

/**
 * Looks for NaN and infinity, whose exponents are all ones, in eight bytes at once. Added to such
 * an exponent, its lowest bit carries into the sign's place, and into no other element's.
 */
final class FiniteScan {

  private static final int CHUNK = 1024;

  private FiniteScan() {}

  static boolean passes(DType dtype, ByteBuffer littleEndian) {
    return switch (dtype) {
      case F64 -> passes(littleEndian, 0x7ff0000000000000L, 0x0010000000000000L);
      case F32 -> passes(littleEndian, 0x7f8000007f800000L, 0x0080000000800000L);
      case F16 -> passes(littleEndian, 0x7c007c007c007c00L, 0x0400040004000400L);
      case BF16 -> passes(littleEndian, 0x7f807f807f807f80L, 0x0080008000800080L);
      default -> true;
    };
  }

  private static boolean passes(ByteBuffer bytes, long exponents, long lowest) {
    ByteBuffer rest = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    LongBuffer words = rest.asLongBuffer();
    long[] chunk = new long[Math.min(CHUNK, words.remaining() + 1)];
    while (words.hasRemaining()) {
      int count = Math.min(chunk.length, words.remaining());
      words.get(chunk, 0, count);
      if (carries(chunk, count, exponents, lowest)) {
        return false;
      }
    }
    rest.position(rest.limit() - rest.remaining() % Long.BYTES);
    long last = 0;
    for (int shift = 0; rest.hasRemaining(); shift += Byte.SIZE) {
      last |= (rest.get() & 0xffL) << shift;
    }
    chunk[0] = last;
    return !carries(chunk, 1, exponents, lowest);
  }

  private static boolean carries(long[] words, int count, long exponents, long lowest) {
    long carried = 0;
    for (int i = 0; i < count; i++) {
      carried |= (words[i] & exponents) + lowest;
    }
    long signs = exponents << 1 & ~exponents;
    return (carried & signs) != 0;
  }
}
