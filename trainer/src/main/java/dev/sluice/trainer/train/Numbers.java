package dev.sluice.trainer.train;

import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** The numbers of an optimizer that change from step to step. */
final class Numbers {

  private final Placeholder<TFloat32> rate;
  private final Placeholder<TFloat32> beta1Power;
  private final Placeholder<TFloat32> beta2Power;

  Numbers(Ops tf) {
    rate = scalar(tf);
    beta1Power = scalar(tf);
    beta2Power = scalar(tf);
  }

  static Placeholder<TFloat32> scalar(Ops tf) {
    return tf.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
  }

  Operand<TFloat32> rate() {
    return rate;
  }

  Operand<TFloat32> beta1Power() {
    return beta1Power;
  }

  Operand<TFloat32> beta2Power() {
    return beta2Power;
  }

  /**
   * What a step feeds.
   *
   * @param step from 0
   */
  Map<Placeholder<TFloat32>, Float> feeds(AdamW optimizer, long step, long steps) {
    return Map.of(
        rate, (float) optimizer.rate().at(step, steps),
        beta1Power, (float) Math.pow(optimizer.beta1(), step + 1.0),
        beta2Power, (float) Math.pow(optimizer.beta2(), step + 1.0));
  }
}
