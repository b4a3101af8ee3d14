package dev.sluice.trainer.train;

import dev.sluice.networks.tensor.HostTensor;
import java.util.List;
import java.util.Map;

/** What is trained, and towards what. */
public interface Objective extends AutoCloseable {

  /**
   * Adds networks, inputs and losses. Called once for each shard of the batch, so that losses are
   * means over rows; a loss that compares rows is for one shard.
   */
  List<Player> build(TrainingGraph graph);

  /**
   * What is fed, by the names given to {@link TrainingGraph#floats} and {@link
   * TrainingGraph#longs}, all rows of all shards. Depends on the number alone, so that a resumed
   * run goes on as it would have.
   *
   * @param number of the batch, from 0
   */
  Map<String, HostTensor> batch(long number);

  /** Frees what batches were made with. */
  @Override
  default void close() {}
}
