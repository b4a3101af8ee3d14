package dev.sluice.trainer.train;

import dev.sluice.networks.tensor.HostTensor;
import java.util.List;
import java.util.Map;

/** What is trained, and towards what. */
public interface Objective extends AutoCloseable {

  /**
   * Adds networks, inputs and losses. Called once for each shard of the batch, so that losses are
   * means over rows; a loss that compares rows is for one shard. Of several {@link #forms}, once
   * for each shard of each.
   */
  List<Player> build(TrainingGraph graph);

  /**
   * In how many forms batches come: inputs of other shapes, such as pictures of other aspect
   * ratios, with the same players, components and weights.
   */
  default int forms() {
    return 1;
  }

  /**
   * The form of a batch, which depends on its number alone.
   *
   * @return below {@link #forms}; it is what {@link TrainingGraph#form} was when it was built
   */
  default int form(long number) {
    return 0;
  }

  /**
   * What is fed, by the names given to {@link TrainingGraph#floats} and {@link TrainingGraph#longs}
   * for its form, all rows of all shards. Depends on the number alone, so that a resumed run goes
   * on as it would have.
   *
   * @param number of the batch, from 0
   */
  Map<String, HostTensor> batch(long number);

  /** Frees what batches were made with. */
  @Override
  default void close() {}
}
