package dev.sluice.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.catalog.Config;
import dev.sluice.catalog.loading.LoadOptions;
import dev.sluice.catalog.loading.WeightPrecision;
import dev.sluice.networks.graph.GraphWork;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.tensor.HostTensor.Floats;
import dev.sluice.networks.unet.UNet2DConditionModel;
import dev.sluice.networks.weights.Initializer;
import dev.sluice.safetensors.Checkpoints;
import dev.sluice.safetensors.DType;
import dev.sluice.safetensors.NamedTensor;
import dev.sluice.safetensors.SafetensorsWriter;
import dev.sluice.safetensors.TensorSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * How fast a UNet of Stable Diffusion 1.5's size loads and steps, against what the machine's matrix
 * multiplication gives in the same run.
 *
 * <p>{@code write FOLDER} makes a checkpoint with random weights, {@code run FOLDER PRECISION}
 * measures it with its weights kept in that precision; processes of their own, because one's memory
 * would hide another's.
 */
public final class UnetBench {

  /** Stable Diffusion 1.5's UNet; everything else has diffusers' defaults. */
  private static final Map<String, Object> CONFIG =
      Map.of(
          "_class_name", "UNet2DConditionModel",
          "cross_attention_dim", 768,
          "attention_head_dim", 8,
          "block_out_channels", List.of(320, 640, 1280, 1280),
          "layers_per_block", 2,
          "sample_size", 64);

  private static final int ROWS = 2;
  private static final int STEPS = 4;

  private UnetBench() {}

  public static void main(String[] args) throws IOException {
    if (args.length == 2 && args[0].equals("write")) {
      write(Path.of(args[1]));
    } else if (args.length == 3 && args[0].equals("run")) {
      measure(Path.of(args[1]), WeightPrecision.named(args[2]));
    } else {
      System.err.println("usage: UnetBench write FOLDER | run FOLDER float32|stored");
      System.exit(2);
    }
  }

  private static void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    SplittableRandom random = new SplittableRandom(0);
    Map<String, NamedTensor> tensors = new LinkedHashMap<>();
    Initializer initializer =
        parameter -> {
          float[] values = RandomWeights.of(parameter, random);
          tensors.put(parameter.name(), new NamedTensor(DType.F16, parameter.shape(), values));
          return values;
        };
    try (Network network =
        Network.initialize(new UNet2DConditionModel(Config.of(CONFIG)), initializer)) {
      new ObjectMapper().writeValue(folder.resolve("config.json").toFile(), CONFIG);
      SafetensorsWriter.write(
          folder.resolve("diffusion_pytorch_model.safetensors"), tensors, Map.of());
      System.out.printf("wrote %,d parameters to %s%n", network.parameterCount(), folder);
    }
  }

  private static void measure(Path folder, WeightPrecision precision) throws IOException {
    System.out.printf("weights kept in              %8s%n", precision);
    double gigaflops = MatrixRate.measure(2048, 6);
    System.out.printf("matrix multiplication        %8.0f GFLOP/s%n", gigaflops);

    long before = ResidentMemory.peakBytes();
    long start = System.nanoTime();
    LoadOptions options = LoadOptions.DEFAULT.withPrecision(precision);
    try (TensorSource weights = Checkpoints.open(folder);
        Network network =
            Network.load("unet", new UNet2DConditionModel(Config.of(CONFIG)), weights, options)) {
      System.out.printf(
          "load                         %8.1f s, %.2f GB/s%n",
          seconds(start), 2e-9 * network.parameterCount() / seconds(start));
      System.out.printf(
          "weights / peak resident      %,8d MB / %,d MB (before: %,d MB)%n",
          network.weightBytes() >> 20, ResidentMemory.peakBytes() >> 20, before >> 20);

      Map<String, HostTensor> inputs = inputs();
      double[] times = new double[STEPS];
      for (int i = 0; i < STEPS; i++) {
        long stepStart = System.nanoTime();
        network.run(inputs);
        times[i] = seconds(stepStart);
        System.out.printf("step %d                       %8.2f s%n", i, times[i]);
      }
      double[] warm = Arrays.copyOfRange(times, 1, STEPS);
      Arrays.sort(warm);
      double median = warm[warm.length / 2];
      double achieved =
          GraphWork.of(new UNet2DConditionModel(Config.of(CONFIG)), inputs) / median / 1e9;
      System.out.printf(
          "median step %.2f s: %.0f GFLOP/s, %.0f %% of the matrix rate%n",
          median, achieved, 100 * achieved / gigaflops);
      System.out.printf("peak resident after stepping %,8d MB%n", ResidentMemory.peakBytes() >> 20);
    }
    System.out.printf(
        "resident when closed         %,8d MB%n", ResidentMemory.currentBytes() >> 20);
  }

  private static Map<String, HostTensor> inputs() {
    SplittableRandom random = new SplittableRandom(1);
    return Map.of(
        "sample", random(random, ROWS, 4, 64, 64),
        "timestep", new Floats(new float[] {500, 500}, ROWS),
        "encoder_hidden_states", random(random, ROWS, 77, 768));
  }

  private static Floats random(SplittableRandom random, int... shape) {
    float[] values = new float[Arrays.stream(shape).reduce(1, Math::multiplyExact)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return new Floats(values, shape);
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
