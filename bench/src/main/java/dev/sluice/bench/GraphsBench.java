package dev.sluice.bench;

import dev.sluice.catalog.Config;
import dev.sluice.networks.Architectures;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.safetensors.Checkpoints;
import dev.sluice.safetensors.DType;
import dev.sluice.safetensors.NamedTensor;
import dev.sluice.safetensors.SafetensorsWriter;
import dev.sluice.safetensors.TensorSource;
import dev.sluice.safetensors.UnusableWeightsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Whether memory is bounded where clients choose: a thousand calls of random sizes, and a thousand
 * loads of a component that cannot be loaded.
 */
public final class GraphsBench {

  private static final int TIMES = 1000;
  private static final int REPORT_EVERY = 100;

  private GraphsBench() {}

  /** Arguments: the folder of a UNet. */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    Architecture architecture = Architectures.of(Config.read(folder.resolve("config.json")));
    sizes(folder, architecture);
    failures(folder, architecture);
  }

  private static void sizes(Path folder, Architecture architecture) {
    SplittableRandom random = new SplittableRandom(0);
    try (TensorSource weights = Checkpoints.open(folder);
        Network network = Network.load(architecture, weights)) {
      Map<String, HostTensor> inputs = new LinkedHashMap<>(architecture.exampleInputs());
      int channels = inputs.get("sample").shape()[1];
      for (int i = 1; i <= TIMES; i++) {
        int height = 4 * random.nextInt(1, 13);
        int width = 4 * random.nextInt(1, 13);
        float[] sample = new float[channels * height * width];
        inputs.put("sample", new HostTensor.Floats(sample, 1, channels, height, width));
        network.run(inputs);
        report(i, "sizes", network.graphCount());
      }
    }
  }

  private static void failures(Path folder, Architecture architecture) throws IOException {
    Path broken = Files.createTempFile("broken", ".safetensors");
    try {
      Map<String, NamedTensor> tensors = new LinkedHashMap<>();
      try (TensorSource weights = Checkpoints.open(folder)) {
        for (String name : weights.names()) {
          float[] values = weights.floats(name);
          values[0] = name.equals("conv_out.bias") ? Float.NaN : values[0];
          tensors.put(name, new NamedTensor(DType.F16, weights.info(name).shape(), values));
        }
      }
      SafetensorsWriter.write(broken, tensors, Map.of());
      for (int i = 1; i <= TIMES; i++) {
        try (TensorSource weights = Checkpoints.open(broken)) {
          Network.load(architecture, weights).close();
          throw new IllegalStateException("a weight that is not a number was not found");
        } catch (UnusableWeightsException e) {
          report(i, "failed loads", 0);
        }
      }
    } finally {
      Files.delete(broken);
    }
  }

  private static void report(int done, String what, int graphs) {
    if (done % REPORT_EVERY == 0) {
      System.out.printf(
          "%4d %s: %d MB resident, %d graphs%n",
          done, what, ResidentMemory.currentBytes() >> 20, graphs);
    }
  }
}
