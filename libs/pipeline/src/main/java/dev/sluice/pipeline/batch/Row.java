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
 * @param inputs the network's inputs by name, each with the outermost extent 1
 */
public record Row(Map<String, HostTensor> inputs) {

  public Row {
    inputs.forEach(
        (name, tensor) -> {
          if (tensor.shape().length == 0 || tensor.shape()[0] != 1) {
            throw new IllegalArgumentException(
                "input %s of a row has the shape %s; expected 1 as its outermost extent"
                    .formatted(name, Arrays.toString(tensor.shape())));
          }
        });
  }

  /** The same with one input more. */
  public Row with(String name, HostTensor tensor) {
    Map<String, HostTensor> more = new LinkedHashMap<>(inputs);
    more.put(name, tensor);
    return new Row(more);
  }

  /** What rows of one network call have in common: names, types and shapes of their inputs. */
  String signature() {
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

  /** Height times width of the largest feature map among the inputs; 1 if there is none. */
  long pixels() {
    long pixels = 1;
    for (HostTensor tensor : inputs.values()) {
      int[] shape = tensor.shape();
      if (shape.length == 4) {
        pixels = Math.max(pixels, (long) shape[2] * shape[3]);
      }
    }
    return pixels;
  }

  /** The rows of one signature as one batch. */
  public static Map<String, HostTensor> stack(List<Row> rows) {
    if (rows.size() == 1) {
      return rows.get(0).inputs();
    }
    Map<String, HostTensor> batch = new LinkedHashMap<>();
    for (String name : rows.get(0).inputs().keySet()) {
      batch.put(name, concatenate(rows.stream().map(row -> row.inputs().get(name)).toList()));
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

  /** The inverse of {@link #stack(List)}, for outputs. */
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
