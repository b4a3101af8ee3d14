package dev.sluice.safetensors;

/** IEEE 754 binary16 and bfloat16 to and from float, rounding to nearest, ties to even. */
public final class HalfPrecision {

  private HalfPrecision() {}

  /** Exact: every half is a float. */
  public static float fromF16(short half) {
    int magnitude = half & 0x7fff;
    int sign = (half & 0x8000) << 16;
    if (magnitude >= 0x7c00) {
      return Float.intBitsToFloat(sign | 0x7f800000 | (magnitude & 0x3ff) << 13);
    }
    // Shifted into place, exponent and mantissa read as the value times 2^-112, subnormals
    // included.
    float value = Float.intBitsToFloat(magnitude << 13) * 0x1p112f;
    return Float.intBitsToFloat(sign | Float.floatToRawIntBits(value));
  }

  /** The nearest half; infinite from 65520 on. A NaN stays one. */
  public static short toF16(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 16 & 0x8000;
    int magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000) {
      return (short) (sign | 0x7e00);
    }
    if (magnitude >= 0x477ff000) { // 65520, half way between the largest half and 65536
      return (short) (sign | 0x7c00);
    }
    if (magnitude < 0x38800000) { // below 2^-14: subnormal, a multiple of 2^-24
      // Adding 0.5 leaves 24 - 1 mantissa bits whose last is worth 2^-24: the addition rounds.
      float aligned = Float.intBitsToFloat(magnitude) + 0.5f;
      return (short) (sign | Float.floatToRawIntBits(aligned) - 0x3f000000);
    }
    int rounded = magnitude + 0xfff + (magnitude >>> 13 & 1);
    return (short) (sign | (rounded - (112 << 23)) >>> 13);
  }

  /** Exact: every bfloat16 is a float. */
  public static float fromBf16(short brain) {
    return Float.intBitsToFloat(brain << 16);
  }

  /** The nearest bfloat16. A NaN stays one. */
  public static short toBf16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if ((bits & 0x7fffffff) > 0x7f800000) {
      return (short) (bits >>> 16 | 0x40);
    }
    return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
  }
}
