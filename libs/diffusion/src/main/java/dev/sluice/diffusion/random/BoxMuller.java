package dev.sluice.diffusion.random;

import dev.sluice.diffusion.math.FloatMath;

/**
 * Box and Muller 1958 in blocks of 16 floats, with the polynomials that PyTorch's vectorised CPU
 * path evaluates: logarithm, sine and cosine after Moshier's Cephes library, with fused
 * multiply-adds where its compiled code has them. A correctly rounded logarithm would differ from
 * it in the last digits, and the same seed would give a slightly other picture.
 */
final class BoxMuller {

  static final int BLOCK = 16;

  private static final int HALF = BLOCK / 2;
  private static final float TWO_PI = (float) (2 * Math.PI);

  private BoxMuller() {}

  /** Turns 16 numbers in [0, 1) from {@code begin} on into normal ones, in place. */
  static void transform(float[] data, int begin) {
    for (int i = begin; i < begin + HALF; i++) {
      float radius = FloatMath.sqrt(-2 * log(1 - data[i]));
      float theta = TWO_PI * data[i + HALF];
      data[i] = radius * cosOrSin(theta, true);
      data[i + HALF] = radius * cosOrSin(theta, false);
    }
  }

  /** The natural logarithm of x in (0, 1]. */
  private static float log(float x) {
    int bits = Float.floatToRawIntBits(x);
    float exponent = (bits >> 23) - 126;
    float m = Float.intBitsToFloat(bits & 0x807fffff | 0x3f000000); // in [0.5, 1)
    if (m < 0.707106781186547524f) {
      exponent -= 1;
      m = m - 1 + m;
    } else {
      m -= 1;
    }
    float z = m * m;
    float y = 7.0376836292e-2f;
    y = Math.fma(y, m, -1.1514610310e-1f);
    y = Math.fma(y, m, 1.1676998740e-1f);
    y = Math.fma(y, m, -1.2420140846e-1f);
    y = Math.fma(y, m, 1.4249322787e-1f);
    y = Math.fma(y, m, -1.6668057665e-1f);
    y = Math.fma(y, m, 2.0000714765e-1f);
    y = Math.fma(y, m, -2.4999993993e-1f);
    y = Math.fma(y, m, 3.3333331174e-1f);
    y *= m;
    // ln 2 in two parts, the larger of which is exact when multiplied by an exponent.
    y = Math.fma(y, z, exponent * -2.12194440e-4f);
    y = Math.fma(-0.5f, z, y);
    return Math.fma(exponent, 0.693359375f, m + y);
  }

  /** The cosine or the sine of x in [0, 2 pi). */
  private static float cosOrSin(float x, boolean cosine) {
    // x is brought to [-pi/4, pi/4] around the even octant j; pi/4 in three parts keeps the digits.
    int j = (int) (x * 1.27323954473516f) + 1 & ~1;
    float reduced = Math.fma((float) j, -0.78515625f, x);
    reduced = Math.fma((float) j, -2.4187564849853515625e-4f, reduced);
    reduced = Math.fma((float) j, -3.77489497744594108e-8f, reduced);
    boolean negative = cosine ? (~(j - 2) & 4) != 0 : (j & 4) != 0;
    boolean sinePolynomial = cosine == ((j & 2) != 0);
    float value = sinePolynomial ? sine(reduced) : cosine(reduced);
    return negative ? -value : value;
  }

  private static float cosine(float x) {
    float z = x * x;
    float y = 2.443315711809948e-5f;
    y = Math.fma(y, z, -1.388731625493765e-3f);
    y = Math.fma(y, z, 4.166664568298827e-2f);
    y *= z;
    return Math.fma(y, z, -(z * 0.5f)) + 1;
  }

  private static float sine(float x) {
    float z = x * x;
    float y = -1.9515295891e-4f;
    y = Math.fma(y, z, 8.3321608736e-3f);
    y = Math.fma(y, z, -1.6666654611e-1f);
    y *= z;
    return Math.fma(y, x, x);
  }
}
