package dev.sluice.networks.layer;

import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.tensor.Positions;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * A network family with its config: how to build its graph. Implementations are immutable and build
 * the same graph every time they are asked.
 */
public interface Architecture {

  /**
   * Builds the network below {@code root}.
   *
   * @param inputs what this call feeds; every dimension but the batch is known
   * @return the outputs by name; images are {@code [batch, channels, height, width]}
   * @throws IllegalArgumentException when an input is missing or its shape does not fit the config
   */
  Map<String, Operand<TFloat32>> build(Scope root, Inputs inputs);

  /**
   * The smallest valid inputs, by which all weights are declared before a checkpoint is read.
   * Values do not matter.
   */
  Map<String, HostTensor> exampleInputs();

  /**
   * How much work a row is, in places that something is computed for: pixels of a feature map, or
   * tokens. Calls are bounded by it, and those who share a network pay by it; so what counts is how
   * the rows of one network compare.
   *
   * @param row the inputs of one row; their values do not matter
   * @return at least 1
   */
  default long cost(Map<String, HostTensor> row) {
    return Positions.ofLargest(row);
  }

  /** How this family's checkpoints may differ from today's names. */
  default CheckpointNames checkpointNames() {
    return CheckpointNames.EXACT;
  }
}
