package dev.sluice.networks.transformer;

import dev.sluice.networks.graph.CheckpointNames;

/** CLIP files of older versions hold the numbers 0, 1, 2, … as a tensor. */
enum PositionIds implements CheckpointNames {
  IGNORED;

  @Override
  public boolean mayBeIgnored(String storedName) {
    return storedName.endsWith(".embeddings.position_ids");
  }
}
