package dev.sluice.trainer.train;

import dev.sluice.catalog.loading.Precision;
import dev.sluice.networks.layer.FirstValue;
import dev.sluice.networks.layer.Layout;
import dev.sluice.networks.layer.Parameter;
import dev.sluice.networks.layer.WeightProvider;
import dev.sluice.networks.weights.TrainableWeights;
import java.util.HashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Gives layers their weights with what {@link LowRank} adds. */
final class LowRankWeights implements WeightProvider {

  private final Ops tf;
  private final TrainableWeights weights;
  private final LowRank lowRank;
  private final Map<String, Operand<TFloat32>> sums = new HashMap<>();

  LowRankWeights(Ops tf, TrainableWeights weights, LowRank lowRank) {
    this.tf = tf;
    this.weights = weights;
    this.lowRank = lowRank;
  }

  @Override
  public Operand<TFloat32> declare(Parameter parameter) {
    Operand<TFloat32> base = weights.declare(parameter);
    if (!lowRank.applies(parameter.name(), parameter.shape())) {
      return base;
    }
    return sums.computeIfAbsent(parameter.name(), name -> sum(base, parameter));
  }

  private Operand<TFloat32> sum(Operand<TFloat32> base, Parameter parameter) {
    String layer = LowRank.layer(parameter.name());
    long out = parameter.shape()[0];
    long in = parameter.shape()[1];
    Operand<TFloat32> down = part(layer + LowRank.DOWN, FirstValue.FAN_IN, lowRank.rank(), in);
    Operand<TFloat32> up = part(layer + LowRank.UP, FirstValue.ZERO, out, lowRank.rank());
    return tf.math.add(base, tf.math.mul(tf.linalg.matMul(up, down), tf.constant(lowRank.scale())));
  }

  private Operand<TFloat32> part(String name, FirstValue first, long... shape) {
    return weights.declare(new Parameter(name, shape, Layout.AS_STORED, Precision.FLOAT32, first));
  }
}
