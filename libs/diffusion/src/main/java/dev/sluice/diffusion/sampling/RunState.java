package dev.sluice.diffusion.sampling;

import java.util.Map;

/**
 * All that a {@link SamplingRun} remembers between steps. With the sample, the random generator's
 * state and the plan's options, another process can go on where this one stopped.
 *
 * @param shape {@code [batch, channels, height, width]} or {@code [batch, features]}
 * @param begin the index of the run's first step
 * @param index the index of the next step
 * @param tensors earlier network outputs and samples that a multistep solver needs, by name
 */
public record RunState(int[] shape, int begin, int index, Map<String, float[]> tensors) {

  public RunState {
    tensors = Map.copyOf(tensors);
  }
}
