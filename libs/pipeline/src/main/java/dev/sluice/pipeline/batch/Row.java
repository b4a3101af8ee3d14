package dev.sluice.pipeline.batch;

import dev.sluice.networks.tensor.HostTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One row of a network's batch.
 *
 * @param constants inputs that are the same at every step of the work that asks
 * @param changing all others
 */
public record Row(Constants constants, Map<String, HostTensor> changing) {

  public Row {
    requireOneRow(changing);
  }

  /** A row that is asked once. */
  public Row(Map<String, HostTensor> inputs) {
    this(Constants.NONE, inputs);
  }

  /** Inputs by the network's names that rows of many calls share, each of one row. */
  public static final class Constants {

    static final Constants NONE = new Constants(Map.of());

    private final Map<String, HostTensor> inputs;
    private final String signature;

    public Constants(Map<String, HostTensor> inputs) {
      requireOneRow(inputs);
      this.inputs = inputs;
      this.signature = Row.signature(inputs);
    }

    Map<String, HostTensor> inputs() {
      return inputs;
    }
  }

  private static void requireOneRow(Map<String, HostTensor> inputs) {
    inputs.forEach(
        (name, tensor) -> {
          if (tensor.shape().length == 0 || tensor.shape()[0] != 1) {
            throw new IllegalArgumentException(
                "input %s of a row has the shape %s; expected 1 as its outermost extent"
                    .formatted(name, Arrays.toString(tensor.shape())));
          }
        });
  }

  /** The network's inputs by name, each with the outermost extent 1. */
  public Map<String, HostTensor> inputs() {
    Map<String, HostTensor> inputs = new LinkedHashMap<>(constants.inputs);
    inputs.putAll(changing);
    return inputs;
  }

  /** The same with one input more. */
  public Row with(String name, HostTensor tensor) {
    Map<String, HostTensor> more = new LinkedHashMap<>(changing);
    more.put(name, tensor);
    return new Row(constants, more);
  }

  /** What rows of one network call have in common: names, types and shapes of their inputs. */
  String signature() {
    return constants.signature + '|' + signature(changing);
  }

  private static String signature(Map<String, HostTensor> inputs) {
    StringBuilder signature = new StringBuilder();
    new TreeMap<>(inputs)
        .forEach(
            (name, tensor) ->
                signature
                    .append(name)
                    .append(tensor instanceof HostTensor.Floats ? ':' : '#')
                    .append(Arrays.toString(tensor.shape())));
    return signature.toString();
  }

  /** Several rows' inputs of one kind as one batch; a single row's as they are. */
  static Map<String, HostTensor> stackInputs(List<Map<String, HostTensor>> rows) {
    if (rows.size() == 1) {
      return rows.get(0);
    }
    Map<String, HostTensor> batch = new LinkedHashMap<>();
    for (String name : rows.get(0).keySet()) {
      batch.put(name, concatenate(rows.stream().map(row -> row.get(name)).toList()));
    }
    return batch;
  }

  private static HostTensor concatenate(List<HostTensor> tensors) {
    int[] shape = tensors.get(0).shape().clone();
    shape[0] = tensors.size();
    int size = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    int offset = 0;
    if (tensors.get(0) instanceof HostTensor.Floats) {
      float[] values = new float[size];
      for (HostTensor tensor : tensors) {
        float[] row = ((HostTensor.Floats) tensor).values();
        System.arraycopy(row, 0, values, offset, row.length);
        offset += row.length;
      }
      return new HostTensor.Floats(values, shape);
    }
    long[] values = new long[size];
    for (HostTensor tensor : tensors) {
      long[] row = ((HostTensor.Longs) tensor).values();
      System.arraycopy(row, 0, values, offset, row.length);
      offset += row.length;
    }
    return new HostTensor.Longs(values, shape);
  }

  /** The rows of a batch of outputs. */
  public static List<Map<String, HostTensor.Floats>> unstack(
      Map<String, HostTensor.Floats> batch, int rows) {
    List<Map<String, HostTensor.Floats>> outputs = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      Map<String, HostTensor.Floats> row = new LinkedHashMap<>();
      for (Map.Entry<String, HostTensor.Floats> output : batch.entrySet()) {
        row.put(output.getKey(), output.getValue().row(i));
      }
      outputs.add(row);
    }
    return outputs;
  }
}
