package dev.sluice.diffusion.math;

/** Scalar float32 arithmetic as the reference does it, and linear combinations of arrays. */
public final class FloatMath {

  private static final int LANES = 8;

  private FloatMath() {}

  public static float sqrt(float x) {
    return (float) Math.sqrt(x);
  }

  public static float log(float x) {
    return (float) Math.log(x);
  }

  public static float exp(float x) {
    return (float) Math.exp(x);
  }

  /**
   * Evenly spaced floats as PyTorch's vectorised loop makes them: in groups of 8 from the group's
   * first number on, which counts from the nearer end.
   */
  public static float[] linspace(double start, double end, int count) {
    float first = (float) start;
    float last = (float) end;
    float step = count > 1 ? (last - first) / (count - 1) : 0;
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      int inGroup = i < count / LANES * LANES ? i % LANES : 0;
      int base = i - inGroup;
      float baseValue =
          base < count / 2 || count == 1
              ? Math.fma(step, (float) base, first)
              : Math.fma(-step, (float) (count - 1 - base), last);
      values[i] = Math.fma(step, (float) inGroup, baseValue);
    }
    return values;
  }

  /** The running product, accumulated in double and rounded to float at each entry. */
  public static float[] cumulativeProduct(float[] factors) {
    float[] products = new float[factors.length];
    double product = 1;
    for (int i = 0; i < factors.length; i++) {
      product *= factors[i];
      products[i] = (float) product;
    }
    return products;
  }

  /** a x + b y. */
  public static float[] combine(float a, float[] x, float b, float[] y) {
    float[] sum = new float[x.length];
    for (int i = 0; i < sum.length; i++) {
      sum[i] = a * x[i] + b * y[i];
    }
    return sum;
  }

  /** x + a y, added in place. */
  public static float[] addTo(float[] x, float a, float[] y) {
    for (int i = 0; i < x.length; i++) {
      x[i] += a * y[i];
    }
    return x;
  }

  /** x limited to [-limit, limit], in place. */
  public static float[] clamp(float[] x, float limit) {
    for (int i = 0; i < x.length; i++) {
      x[i] = Math.max(-limit, Math.min(limit, x[i]));
    }
    return x;
  }
}
