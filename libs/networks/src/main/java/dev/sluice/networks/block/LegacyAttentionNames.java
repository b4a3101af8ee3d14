package dev.sluice.networks.block;

import dev.sluice.networks.layer.CheckpointNames;
import java.util.Arrays;
import java.util.List;

/**
 * Attention layers as diffusers named them until 2023 ({@code query}, {@code key}, {@code value},
 * {@code proj_attn}); some of those files hold the projections as 1x1 convolutions.
 */
public enum LegacyAttentionNames implements CheckpointNames {
  INSTANCE;

  @Override
  public List<String> candidates(String name) {
    String legacy =
        name.replace(".to_q.", ".query.")
            .replace(".to_k.", ".key.")
            .replace(".to_v.", ".value.")
            .replace(".to_out.0.", ".proj_attn.");
    return legacy.equals(name) ? List.of(name) : List.of(name, legacy);
  }

  @Override
  public boolean sameShape(long[] stored, long[] expected) {
    boolean unitConvolution =
        expected.length == 2 && stored.length == 4 && stored[2] == 1 && stored[3] == 1;
    return Arrays.equals(unitConvolution ? Arrays.copyOf(stored, 2) : stored, expected);
  }
}
