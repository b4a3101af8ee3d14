package dev.sluice.trainer.data;

import dev.sluice.networks.tensor.HostTensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Whole numbers that belong to kept pictures, such as a caption's tokens. Thread-safe. */
public final class KeptNumbers {

  private final int count;
  private final Map<String, long[][]> values = new LinkedHashMap<>();
  private final Map<String, int[]> shapes = new LinkedHashMap<>();

  /**
   * @param count of the pictures
   */
  public KeptNumbers(int count) {
    this.count = count;
  }

  /** Keeps those among the tensors that are whole numbers, of pictures from {@code first} on. */
  public synchronized void keep(int first, Map<String, ? extends HostTensor> rows) {
    rows.forEach(
        (name, tensor) -> {
          if (tensor instanceof HostTensor.Longs numbers) {
            int length = numbers.values().length / numbers.shape()[0];
            long[][] kept = values.computeIfAbsent(name, key -> new long[count][]);
            shapes.put(name, numbers.shape());
            for (int row = 0; row < numbers.shape()[0]; row++) {
              kept[first + row] =
                  Arrays.copyOfRange(numbers.values(), row * length, (row + 1) * length);
            }
          }
        });
  }

  /** All that is kept of some pictures. */
  public synchronized Map<String, HostTensor> batch(int[] chosen) {
    Map<String, HostTensor> batch = new LinkedHashMap<>();
    values.forEach(
        (name, kept) -> {
          int length = kept[0].length;
          long[] numbers = new long[chosen.length * length];
          for (int row = 0; row < chosen.length; row++) {
            System.arraycopy(kept[chosen[row]], 0, numbers, row * length, length);
          }
          int[] shape = shapes.get(name).clone();
          shape[0] = chosen.length;
          batch.put(name, new HostTensor.Longs(numbers, shape));
        });
    return batch;
  }
}
