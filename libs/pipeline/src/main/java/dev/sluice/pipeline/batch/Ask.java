package dev.sluice.pipeline.batch;

import java.util.List;
import java.util.Optional;

/**
 * One question that work has for a network. A step of sampling is a short program of these: the
 * denoiser's network, then a classifier, or at another step another network in its place.
 *
 * @param batcher of the network that is asked; empty for the one that the work was handed to
 * @param rows at least one, all of the same shapes
 */
public record Ask(Optional<StepBatcher> batcher, List<Row> rows) {

  /** Of the network that the work was handed to. */
  public Ask(List<Row> rows) {
    this(Optional.empty(), rows);
  }

  /** Of another network. */
  public Ask(StepBatcher batcher, List<Row> rows) {
    this(Optional.of(batcher), rows);
  }
}
