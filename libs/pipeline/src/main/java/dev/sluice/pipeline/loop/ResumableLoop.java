package dev.sluice.pipeline.loop;

import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.batch.NetworkWork;

/**
 * Work of a known number of steps that can be left between two of them and gone on with elsewhere.
 * Not thread-safe; while it is driven it belongs to the batchers that it asks, and its {@link
 * StepListener} may read it when called.
 */
public interface ResumableLoop extends NetworkWork {

  /** Whether all steps are made. */
  boolean finished();

  /** How many steps are made; the index of the next one. */
  int step();

  /** How many steps there are. */
  int steps();

  /** All that a resumed loop needs besides what it was begun with, copied. */
  LoopState state();

  /** Whether a state can be one of this loop's. */
  boolean isOfThis(LoopState state);

  /**
   * The clean sample as the last step saw it, for previews; null before the first step, and where
   * there is none. Do not write to it.
   */
  HostTensor.Floats predictedOriginal();
}
