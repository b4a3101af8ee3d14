package dev.sluice.pipeline.batch;

import dev.sluice.networks.graph.Network;
import dev.sluice.networks.tensor.HostTensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;

/**
 * A network that is asked once for what it is needed for, as encoders and decoders are. However
 * many ask at a time, rows go through it in calls of bounded size, one after the other. Safe for
 * use by several threads at once.
 */
public final class AskedNetwork implements AutoCloseable {

  private final Network network;
  private final StepBatcher batcher;

  /** Takes the network over, to be closed with this. */
  public AskedNetwork(Network network, BatchLimit limit) {
    this.network = network;
    this.batcher = new StepBatcher(network.name(), RowNetwork.of(network), limit);
  }

  /**
   * As {@link #AskedNetwork(Network, BatchLimit)}.
   *
   * @param outputs that are wanted; no others are computed
   */
  public AskedNetwork(Network network, Set<String> outputs, BatchLimit limit) {
    this.network = network;
    this.batcher = new StepBatcher(network.name(), RowNetwork.of(network, outputs), limit);
  }

  /**
   * The outputs for one row.
   *
   * @throws dev.sluice.networks.tensor.NonFiniteOutputException when one is not finite
   * @throws CancellationException if this thread is interrupted while it waits
   */
  public Map<String, HostTensor.Floats> ask(Map<String, HostTensor> inputs, Claim claim) {
    return ask(batcher, List.of(new Row(inputs)), claim).get(0);
  }

  /** As {@link #ask(Map, Claim)}, of rows of one signature. */
  public static List<Map<String, HostTensor.Floats>> ask(
      StepBatcher batcher, List<Row> rows, Claim claim) {
    OneCall call = new OneCall(rows, claim);
    try {
      batcher.run(call);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while waiting for " + batcher.name());
    }
    return call.outputs;
  }

  /** For its counters. */
  public StepBatcher batcher() {
    return batcher;
  }

  @Override
  public void close() {
    batcher.close();
    network.close();
  }

  /** Rows that are asked once. */
  private static final class OneCall implements NetworkWork {

    private final List<Row> rows;
    private final Claim claim;
    private List<Map<String, HostTensor.Floats>> outputs;

    OneCall(List<Row> rows, Claim claim) {
      this.rows = rows;
      this.claim = claim;
    }

    @Override
    public Claim claim() {
      return claim;
    }

    @Override
    public Optional<Ask> next() {
      return outputs == null ? Optional.of(new Ask(rows)) : Optional.empty();
    }

    @Override
    public void accept(List<Map<String, HostTensor.Floats>> answers) {
      outputs = List.copyOf(answers);
    }
  }
}
