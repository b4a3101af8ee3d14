package dev.sluice.pipeline.batch;

import dev.sluice.networks.graph.Network;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.tensor.Positions;
import java.util.Map;
import java.util.Set;

/** A network as a batcher sees it: a batch in, a batch out, row by row independent. */
@FunctionalInterface
public interface RowNetwork {

  /** Runs a batch; all inputs and outputs have the same outermost extent. */
  Map<String, HostTensor.Floats> run(Map<String, HostTensor> inputs);

  /** How much work a row is, in the unit of {@link BatchLimit#pixels}; at least 1. */
  default long cost(Map<String, HostTensor> row) {
    return Positions.ofLargest(row);
  }

  /** A network, whose rows cost what its architecture says. */
  static RowNetwork of(Network network) {
    return of(network, network::run);
  }

  /**
   * As {@link #of(Network)}.
   *
   * @param outputs that are computed, of all that it has
   */
  static RowNetwork of(Network network, Set<String> outputs) {
    return of(network, inputs -> network.run(inputs, outputs));
  }

  private static RowNetwork of(Network network, RowNetwork calls) {
    return new RowNetwork() {
      @Override
      public Map<String, HostTensor.Floats> run(Map<String, HostTensor> inputs) {
        return calls.run(inputs);
      }

      @Override
      public long cost(Map<String, HostTensor> row) {
        return network.architecture().cost(row);
      }
    };
  }
}
