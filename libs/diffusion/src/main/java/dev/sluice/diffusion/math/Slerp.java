package dev.sluice.diffusion.math;

/**
 * Spherical interpolation: Shoemake 1985, "Animating rotation with quaternion curves", in any
 * number of dimensions. Embeddings of CLIP mean something by their direction, and Gaussian noise
 * lies near a sphere; straight lines between two of either cut through where neither is.
 */
public final class Slerp {

  /** Between directions nearer to opposite than this, in radians, there is no one shortest arc. */
  private static final double OPPOSITE = 1e-6;

  private Slerp() {}

  /**
   * The vector at a share of the arc between two others. Its direction turns evenly from one to the
   * other; its length changes evenly too.
   *
   * @param share 0 gives {@code from}, 1 gives {@code to}
   * @throws IllegalArgumentException if the vectors differ in length, one is zero, they point in
   *     opposite directions, or the share is not between 0 and 1
   */
  public static float[] between(float[] from, float[] to, double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("share: %s; expected 0 to 1".formatted(share));
    }
    if (from.length != to.length) {
      throw new IllegalArgumentException(
          "an arc needs vectors of one length, found %d and %d values"
              .formatted(from.length, to.length));
    }
    double fromNorm = norm(from);
    double toNorm = norm(to);
    double angle = angle(from, fromNorm, to, toNorm);
    double norm = (1 - share) * fromNorm + share * toNorm;
    // Both weights tend to these as the angle tends to 0.
    double fromWeight = angle == 0 ? 1 - share : Math.sin((1 - share) * angle) / Math.sin(angle);
    double toWeight = angle == 0 ? share : Math.sin(share * angle) / Math.sin(angle);
    float[] between = new float[from.length];
    for (int i = 0; i < between.length; i++) {
      between[i] = (float) (norm * (fromWeight * from[i] / fromNorm + toWeight * to[i] / toNorm));
    }
    return between;
  }

  /**
   * A vector in the same direction.
   *
   * @throws IllegalArgumentException if {@code vector} is zero
   */
  public static float[] withLength(float[] vector, double length) {
    double factor = length / norm(vector);
    float[] result = new float[vector.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = (float) (factor * vector[i]);
    }
    return result;
  }

  /**
   * The length of a vector.
   *
   * @throws IllegalArgumentException if it is zero
   */
  public static double norm(float[] vector) {
    double squares = 0;
    for (float value : vector) {
      squares += (double) value * value;
    }
    if (!(squares > 0)) {
      throw new IllegalArgumentException("a vector of zeros has no direction");
    }
    return Math.sqrt(squares);
  }

  /**
   * By half-angles (Kahan), which keep small and large angles exact where the arc cosine does not.
   */
  private static double angle(float[] from, double fromNorm, float[] to, double toNorm) {
    double apart = 0;
    double together = 0;
    for (int i = 0; i < from.length; i++) {
      double one = from[i] / fromNorm;
      double other = to[i] / toNorm;
      apart += (one - other) * (one - other);
      together += (one + other) * (one + other);
    }
    double angle = 2 * Math.atan2(Math.sqrt(apart), Math.sqrt(together));
    if (angle > Math.PI - OPPOSITE) {
      throw new IllegalArgumentException(
          "the vectors point in opposite directions, between which there is no one shortest arc");
    }
    return angle;
  }
}
