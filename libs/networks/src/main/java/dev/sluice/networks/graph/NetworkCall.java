package dev.sluice.networks.graph;

import dev.sluice.networks.layer.Inputs;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.tensor.TensorCopies;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.proto.RunMetadata;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TType;

/**
 * One call of a network: its inputs are copied when it is made, its outputs when they are asked
 * for, and in between the session runs as often as is wanted.
 */
public final class NetworkCall implements AutoCloseable {

  private final Session.Runner runner;
  private final List<Tensor> feeds = new ArrayList<>();
  private final Map<String, Operand<TFloat32>> wanted;

  /** One tensor may go by several names, but a run gives it once. */
  private final Set<Output<TFloat32>> fetched = new LinkedHashSet<>();

  private Result result;
  private Runnable afterwards = () -> {};

  NetworkCall(
      Session session,
      Inputs placeholders,
      Map<String, HostTensor> inputs,
      Map<String, Operand<TFloat32>> wanted) {
    this.wanted = wanted;
    this.runner = session.runner();
    try {
      for (Map.Entry<String, Operand<? extends TType>> input : placeholders.all().entrySet()) {
        Tensor tensor = TensorCopies.toTensor(inputs.get(input.getKey()));
        feeds.add(tensor);
        runner.feed(input.getValue(), tensor);
      }
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
    wanted.values().forEach(operand -> fetched.add(operand.asOutput()));
    fetched.forEach(runner::fetch);
  }

  /** Does {@code afterwards} when the call is closed. */
  NetworkCall closing(Runnable afterwards) {
    this.afterwards = afterwards;
    return this;
  }

  /** Runs the session and gives what came out. */
  Map<String, HostTensor.Floats> result() {
    if (wanted.isEmpty()) {
      return Map.of();
    }
    run();
    return outputs();
  }

  /** Runs the session. */
  public void run() {
    closeResult();
    result = runner.run();
  }

  /** Runs the session and tells what its operations did and allocated. */
  public RunMetadata trace() {
    closeResult();
    RunOptions options =
        RunOptions.newBuilder().setTraceLevel(RunOptions.TraceLevel.FULL_TRACE).build();
    result = runner.setOptions(options).runAndFetchMetadata();
    return result.getMetadata().orElseThrow();
  }

  /**
   * What the last run gave, by the outputs' names.
   *
   * @throws IllegalStateException before {@link #run}
   */
  public Map<String, HostTensor.Floats> outputs() {
    if (result == null) {
      throw new IllegalStateException("the call has not been run");
    }
    Map<Output<TFloat32>, HostTensor.Floats> values = new HashMap<>();
    int index = 0;
    for (Output<TFloat32> output : fetched) {
      values.put(output, TensorCopies.toHost((TFloat32) result.get(index++)));
    }
    Map<String, HostTensor.Floats> outputs = new LinkedHashMap<>();
    wanted.forEach((name, operand) -> outputs.put(name, values.get(operand.asOutput())));
    return outputs;
  }

  private void closeResult() {
    if (result != null) {
      result.close();
      result = null;
    }
  }

  @Override
  public void close() {
    closeResult();
    feeds.forEach(Tensor::close);
    afterwards.run();
  }
}
