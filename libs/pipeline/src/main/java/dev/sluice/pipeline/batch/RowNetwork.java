package dev.sluice.pipeline.batch;

import dev.sluice.networks.tensor.HostTensor;
import java.util.Map;

/** A network as a batcher sees it: a batch in, a batch out, row by row independent. */
@FunctionalInterface
public interface RowNetwork {

  /** Runs a batch; all inputs and outputs have the same outermost extent. */
  Map<String, HostTensor.Floats> run(Map<String, HostTensor> inputs);
}
