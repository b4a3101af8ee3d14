package dev.sluice.networks.layer;

import dev.sluice.networks.tensor.HostTensor;
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

  /** How this family's checkpoints may differ from today's names. */
  default CheckpointNames checkpointNames() {
    return CheckpointNames.EXACT;
  }
}
