package dev.sluice.trainer.distill;

import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.trainer.train.TrainingGraph;
import java.util.Arrays;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;

/** Tensors that every row of a batch has. */
final class Tensors {

  private Tensors() {}

  /** A tensor that stays what it is. */
  static Operand<TFloat32> constant(TrainingGraph graph, HostTensor.Floats tensor) {
    return graph
        .tf()
        .constant(
            Shape.of(Arrays.stream(tensor.shape()).asLongStream().toArray()),
            DataBuffers.of(tensor.values(), true, false));
  }

  /** All rows, again and again. */
  static Operand<TFloat32> repeated(TrainingGraph graph, Operand<TFloat32> rows, int times) {
    int[] multiples = new int[rows.shape().numDimensions()];
    Arrays.fill(multiples, 1);
    multiples[0] = times;
    return times == 1 ? rows : graph.tf().tile(rows, graph.tf().constant(multiples));
  }
}
