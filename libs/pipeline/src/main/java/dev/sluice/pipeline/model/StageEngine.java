package dev.sluice.pipeline.model;

import dev.sluice.pipeline.batch.StepBatcher;
import java.util.List;

/** A stage's networks of one model, loaded. Safe for use by several threads at once. */
public interface StageEngine extends AutoCloseable {

  /**
   * Runs everything once on zeros, so that the first request does not pay for building graphs and
   * choosing kernels.
   */
  void warmUp() throws InterruptedException;

  /** The batchers of the networks that denoise, for their counters. */
  List<StepBatcher> batchers();

  /** Frees the networks. Work that is still under way fails. */
  @Override
  void close();
}
