package dev.sluice.contract;

/** IEEE 754 binary16. */
final class HalfFloats {

  private HalfFloats() {}

  /** Exact: every half is a float. */
  static float toFloat(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = half >>> 10 & 0x1f;
    int fraction = half & 0x3ff;
    if (exponent == 0) {
      float magnitude = fraction * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    int bits =
        exponent == 0x1f ? 0x7f800000 | fraction << 13 : exponent + 112 << 23 | fraction << 13;
    return Float.intBitsToFloat(sign | bits);
  }
}
