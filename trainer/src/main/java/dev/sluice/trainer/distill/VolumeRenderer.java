package dev.sluice.trainer.distill;

import static dev.sluice.networks.layer.Layers.reshape;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Sum;
import org.tensorflow.op.math.Cumsum;
import org.tensorflow.types.TFloat32;

/**
 * Pictures of a field from around it, by emission and absorption along rays (Mildenhall et al.
 * 2020, "NeRF", eq. 3): the color of a pixel is the sum of T_i (1 - exp(-density_i step)) color_i,
 * with T_i = exp(- sum of density_j step before i), and what is left of the light meets the
 * background. A perspective camera looks at the origin from a sphere around it. Every operation has
 * a gradient.
 *
 * @param side of the pictures in pixels
 * @param samples along a ray
 * @param distance of the camera from the origin
 * @param angle from the middle of a picture to its edge, in degrees
 */
record VolumeRenderer(int side, int samples, double distance, double angle) {

  /** Of the ball around the origin outside of which nothing is looked for. */
  static final double RADIUS = 1;

  /**
   * What cameras see.
   *
   * @param picture {@code [rows, 3, side, side]} in [-1, 1]
   * @param opacity the share of the light that was held up, {@code [rows, 1, side, side]}
   */
  record View(Operand<TFloat32> picture, Operand<TFloat32> opacity) {}

  /**
   * Looks.
   *
   * @param background its color, {@code [3]} in [-1, 1]
   * @param azimuth of each camera, {@code [rows]}, in radians; 0 is the front, a quarter turn shows
   *     what is on the front's right
   * @param elevation above the horizon, as {@code azimuth}
   * @param places of the samples in their parts of the ray, {@code [rows, samples]} in [0, 1)
   */
  View look(
      Ops tf,
      Field field,
      Operand<TFloat32> background,
      Operand<TFloat32> azimuth,
      Operand<TFloat32> elevation,
      Operand<TFloat32> places) {
    int pixels = side * side;
    double step = 2 * RADIUS / samples;
    Camera camera = new Camera(tf, azimuth, elevation);
    Operand<TFloat32> toPixels =
        reshape(tf, camera.rays(side, Math.tan(Math.toRadians(angle))), -1, pixels, 1, 3);
    float[] parts = new float[samples];
    for (int i = 0; i < samples; i++) {
      parts[i] = (float) (distance - RADIUS + i * step);
    }
    Operand<TFloat32> depth =
        reshape(
            tf,
            tf.math.add(tf.constant(parts), tf.math.mul(places, tf.constant((float) step))),
            -1,
            1,
            samples,
            1);
    Operand<TFloat32> from =
        reshape(tf, tf.math.mul(camera.forward, tf.constant((float) -distance)), -1, 1, 1, 3);
    Operand<TFloat32> points = reshape(tf, tf.math.add(from, tf.math.mul(toPixels, depth)), -1, 3);

    Field.Matter matter = field.at(tf, points);
    Operand<TFloat32> held =
        tf.math.mul(
            reshape(tf, tf.math.mul(matter.density(), within(tf, points)), -1, pixels, samples),
            tf.constant((float) step));
    Operand<TFloat32> before = tf.math.cumsum(held, tf.constant(2), Cumsum.exclusive(true));
    Operand<TFloat32> shares =
        tf.math.mul(
            tf.math.exp(tf.math.neg(before)),
            tf.math.sub(tf.constant(1f), tf.math.exp(tf.math.neg(held))));
    Operand<TFloat32> opacity = tf.sum(shares, tf.constant(2), Sum.keepDims(true));
    Operand<TFloat32> met =
        tf.sum(
            tf.math.mul(
                reshape(tf, shares, -1, pixels, samples, 1),
                reshape(tf, matter.color(), -1, pixels, samples, 3)),
            tf.constant(2));
    Operand<TFloat32> seen =
        tf.math.add(
            met, tf.math.mul(tf.math.sub(tf.constant(1f), opacity), reshape(tf, background, 1, 3)));
    return new View(
        reshape(tf, tf.linalg.transpose(seen, tf.constant(new int[] {0, 2, 1})), -1, 3, side, side),
        reshape(tf, opacity, -1, 1, side, side));
  }

  /** 1 inside of the ball, 0 outside. */
  private static Operand<TFloat32> within(Ops tf, Operand<TFloat32> points) {
    return tf.dtypes.cast(
        tf.math.less(
            tf.sum(tf.math.square(points), tf.constant(1)), tf.constant((float) (RADIUS * RADIUS))),
        TFloat32.class);
  }

  /** The three axes of each camera, {@code [rows, 3]}. */
  private static final class Camera {
    private final Ops tf;
    final Operand<TFloat32> right;
    final Operand<TFloat32> up;
    final Operand<TFloat32> forward;

    Camera(Ops tf, Operand<TFloat32> azimuth, Operand<TFloat32> elevation) {
      this.tf = tf;
      Operand<TFloat32> east = tf.math.sin(azimuth);
      Operand<TFloat32> south = tf.math.cos(azimuth);
      Operand<TFloat32> high = tf.math.sin(elevation);
      Operand<TFloat32> flat = tf.math.cos(elevation);
      this.right = vector(south, tf.zerosLike(east), tf.math.neg(east));
      this.up =
          vector(tf.math.neg(tf.math.mul(high, east)), flat, tf.math.neg(tf.math.mul(high, south)));
      this.forward =
          vector(
              tf.math.neg(tf.math.mul(flat, east)),
              tf.math.neg(high),
              tf.math.neg(tf.math.mul(flat, south)));
    }

    private Operand<TFloat32> vector(
        Operand<TFloat32> x, Operand<TFloat32> y, Operand<TFloat32> z) {
      return tf.concat(
          List.of(reshape(tf, x, -1, 1), reshape(tf, y, -1, 1), reshape(tf, z, -1, 1)),
          tf.constant(1));
    }

    /** Directions to the middles of pixels, of length 1, {@code [rows, pixels, 3]}. */
    Operand<TFloat32> rays(int side, double slope) {
      float[] ahead = new float[side * side];
      float[] across = new float[side * side];
      float[] above = new float[side * side];
      for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
          double a = slope * ((2 * x + 1.0) / side - 1);
          double b = slope * (1 - (2 * y + 1.0) / side);
          double length = Math.sqrt(1 + a * a + b * b);
          ahead[y * side + x] = (float) (1 / length);
          across[y * side + x] = (float) (a / length);
          above[y * side + x] = (float) (b / length);
        }
      }
      return tf.math.addN(List.of(times(forward, ahead), times(right, across), times(up, above)));
    }

    private Operand<TFloat32> times(Operand<TFloat32> axis, float[] factors) {
      return tf.math.mul(
          reshape(tf, axis, -1, 1, 3), reshape(tf, tf.constant(factors), 1, factors.length, 1));
    }
  }
}
