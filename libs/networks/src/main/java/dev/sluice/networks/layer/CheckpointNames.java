package dev.sluice.networks.layer;

import java.util.Arrays;
import java.util.List;

/** How a family's checkpoints may differ from the current names and shapes. */
public interface CheckpointNames {

  /** Today's names only. */
  CheckpointNames EXACT = new CheckpointNames() {};

  /** The names under which {@code name} may be stored, the preferred one first. */
  default List<String> candidates(String name) {
    return List.of(name);
  }

  /**
   * Whether a stored shape serves for an expected one (1x1 convolutions stored as matrices, say).
   */
  default boolean sameShape(long[] stored, long[] expected) {
    return Arrays.equals(stored, expected);
  }
}
