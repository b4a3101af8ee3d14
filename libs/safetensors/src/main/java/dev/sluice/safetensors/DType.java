package dev.sluice.safetensors;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/** The element types of a safetensors file, by the names that its header uses. */
public enum DType {
  F64(8),
  F32(4),
  F16(2),
  BF16(2),
  I64(8),
  I32(4),
  I16(2),
  I8(1),
  U8(1),
  BOOL(1);

  private final int byteSize;

  DType(int byteSize) {
    this.byteSize = byteSize;
  }

  /** Bytes per element. */
  public int byteSize() {
    return byteSize;
  }

  /** Whether elements are floating-point numbers. */
  public boolean isFloat() {
    return this == F64 || this == F32 || this == F16 || this == BF16;
  }

  /**
   * Converts all remaining elements of {@code littleEndian} to float32: float64 and integers round
   * to nearest, booleans give 0 and 1.
   */
  public void toFloats(ByteBuffer littleEndian, FloatBuffer target) {
    ElementDecoder.toFloats(this, littleEndian, target);
  }

  /**
   * Whether all remaining elements of {@code littleEndian} are finite numbers. The buffer's
   * position stays.
   */
  public boolean allFinite(ByteBuffer littleEndian) {
    return FiniteScan.passes(this, littleEndian);
  }
}
