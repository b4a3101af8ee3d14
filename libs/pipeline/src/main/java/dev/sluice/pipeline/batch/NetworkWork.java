package dev.sluice.pipeline.batch;

import dev.sluice.networks.tensor.HostTensor;
import java.util.List;
import java.util.Map;

/**
 * Work that advances by network calls, as {@link StepBatcher} drives it: always on one thread at a
 * time, in the order {@code finished}, {@code rows}, {@code beforeStep}, {@code accept}.
 */
public interface NetworkWork {

  /** Who wants it. */
  default Claim claim() {
    return Claim.ANYBODYS;
  }

  /** Whether no further call is wanted. */
  boolean finished();

  /** The rows that the next step needs; at least one. */
  List<Row> rows();

  /** Called right before the network runs; an exception takes this work out of the batch. */
  void beforeStep();

  /** Takes the network's outputs for {@link #rows()}, in their order. */
  void accept(List<Map<String, HostTensor.Floats>> outputs);
}
