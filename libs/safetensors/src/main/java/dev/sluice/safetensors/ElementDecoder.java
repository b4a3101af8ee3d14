package dev.sluice.safetensors;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/** Converts little-endian stored elements to float32 or to long. */
final class ElementDecoder {

  /** Elements converted at a time: small enough to stay in the first-level cache. */
  private static final int CHUNK = 4096;

  private ElementDecoder() {}

  /** Converts all remaining bytes of {@code source}, which holds whole elements. */
  static void toFloats(DType dtype, ByteBuffer source, FloatBuffer target) {
    if (dtype == DType.F32) {
      target.put(source.asFloatBuffer());
      return;
    }
    float[] chunk = new float[CHUNK];
    short[] halves = new short[dtype == DType.F16 || dtype == DType.BF16 ? CHUNK : 0];
    int remaining = source.remaining() / dtype.byteSize();
    while (remaining > 0) {
      int count = Math.min(CHUNK, remaining);
      if (halves.length > 0) {
        source.asShortBuffer().get(halves, 0, count);
        source.position(source.position() + count * dtype.byteSize());
        widen(dtype, halves, chunk, count);
      } else {
        fill(dtype, source, chunk, count);
      }
      target.put(chunk, 0, count);
      remaining -= count;
    }
  }

  /** Most weights are halves: loops of their own, which the compiler can unroll. */
  private static void widen(DType dtype, short[] halves, float[] chunk, int count) {
    if (dtype == DType.BF16) {
      for (int i = 0; i < count; i++) {
        chunk[i] = HalfPrecision.fromBf16(halves[i]);
      }
      return;
    }
    for (int i = 0; i < count; i++) {
      chunk[i] = HalfPrecision.fromF16(halves[i]);
    }
  }

  private static void fill(DType dtype, ByteBuffer source, float[] chunk, int count) {
    for (int i = 0; i < count; i++) {
      chunk[i] =
          switch (dtype) {
            case F64 -> (float) source.getDouble();
            case F32 -> source.getFloat();
            default -> (float) integer(dtype, source);
          };
    }
  }

  /** Converts all remaining bytes of {@code source} into {@code target} from {@code offset} on. */
  static int toLongs(DType dtype, ByteBuffer source, long[] target, int offset) {
    int position = offset;
    while (source.hasRemaining()) {
      target[position++] = integer(dtype, source);
    }
    return position;
  }

  private static long integer(DType dtype, ByteBuffer source) {
    return switch (dtype) {
      case I64 -> source.getLong();
      case I32 -> source.getInt();
      case I16 -> source.getShort();
      case I8 -> source.get();
      case U8 -> source.get() & 0xff;
      case BOOL -> source.get() == 0 ? 0 : 1;
      default -> throw new IllegalArgumentException(dtype + " is not an integer type");
    };
  }
}
