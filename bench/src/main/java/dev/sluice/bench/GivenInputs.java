package dev.sluice.bench;

import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.tensor.HostTensor.Floats;
import dev.sluice.networks.tensor.HostTensor.Longs;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A network's inputs of the shapes that a command line names, with values that mean nothing. */
final class GivenInputs {

  private GivenInputs() {}

  /**
   * The inputs.
   *
   * @param shapes such as {@code sample=2x4x64x64}; none for the smallest valid ones
   * @throws IllegalArgumentException for an input that the network does not have
   */
  static Map<String, HostTensor> of(Architecture architecture, List<String> shapes) {
    Map<String, HostTensor> inputs = new LinkedHashMap<>(architecture.exampleInputs());
    if (shapes.isEmpty()) {
      return inputs;
    }
    Map<String, HostTensor> given = new LinkedHashMap<>();
    SplittableRandom random = new SplittableRandom(1);
    for (String argument : shapes) {
      String[] parts = argument.split("=", 2);
      HostTensor example = inputs.get(parts[0]);
      if (example == null || parts.length != 2) {
        throw new IllegalArgumentException(
            argument + ": expected INPUT=SHAPE, where INPUT is one of " + inputs.keySet());
      }
      int[] shape = Arrays.stream(parts[1].split("x")).mapToInt(Integer::parseInt).toArray();
      int size = Arrays.stream(shape).reduce(1, Math::multiplyExact);
      given.put(
          parts[0],
          example instanceof Longs
              ? new Longs(new long[size], shape)
              : new Floats(values(random, size), shape));
    }
    return given;
  }

  private static float[] values(SplittableRandom random, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }
}
