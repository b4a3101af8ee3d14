package dev.sluice.pipeline.batch;

import dev.sluice.networks.tensor.HostTensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Work that advances by network calls, as {@link StepBatcher} drives it: always on one thread at a
 * time, in the order {@code next}, {@code beforeCall}, {@code accept}. Which networks it asks, one
 * after the other, is its own affair.
 */
public interface NetworkWork {

  /** Who wants it. */
  default Claim claim() {
    return Claim.ANYBODYS;
  }

  /** What it asks next; empty when it has ended. */
  Optional<Ask> next();

  /** Called right before the network runs; an exception takes this work out of the batch. */
  default void beforeCall() {}

  /** Takes the network's outputs for the rows of {@link #next()}, in their order. */
  void accept(List<Map<String, HostTensor.Floats>> outputs);
}
