package dev.sluice.trainer.distill;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** What there is at each place of a scene. */
@FunctionalInterface
interface Field {

  /**
   * What light meets.
   *
   * @param density by which it is held up, per unit of length, {@code [places]}, at least 0
   * @param color in [-1, 1], {@code [places, 3]}
   */
  record Matter(Operand<TFloat32> density, Operand<TFloat32> color) {}

  /**
   * What there is.
   *
   * @param places {@code [places, 3]}: to the right, up, and towards the camera of azimuth 0
   */
  Matter at(Ops tf, Operand<TFloat32> places);
}
