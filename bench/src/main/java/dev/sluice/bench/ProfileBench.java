package dev.sluice.bench;

import dev.sluice.catalog.Config;
import dev.sluice.catalog.loading.LoadOptions;
import dev.sluice.catalog.loading.Precision;
import dev.sluice.catalog.loading.WeightPrecision;
import dev.sluice.networks.Architectures;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.graph.NetworkCall;
import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.safetensors.Checkpoints;
import dev.sluice.safetensors.TensorSource;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * Where a network's time goes: one call by kind of operation, and by kind and shape.
 *
 * <p>Takes a component's folder, the precision in which it multiplies ({@code bfloat16}; without,
 * float32) and the shapes of its inputs, such as {@code sample=2x4x64x64}; without any, the inputs
 * have the smallest valid shapes.
 */
public final class ProfileBench {

  private static final int WARM_UP = 2;
  private static final int LARGEST = 40;

  private ProfileBench() {}

  public static void main(String[] args) {
    if (args.length == 0) {
      System.err.println("usage: ProfileBench FOLDER [PRECISION] [INPUT=SHAPE]...");
      System.exit(2);
    }
    Path folder = Path.of(args[0]);
    Architecture architecture = Architectures.of(Config.read(folder.resolve("config.json")));
    boolean told = args.length > 1 && !args[1].contains("=");
    Precision products = told ? Precision.named(args[1]) : Precision.FLOAT32;
    Map<String, HostTensor> inputs =
        GivenInputs.of(architecture, Arrays.asList(args).subList(told ? 2 : 1, args.length));
    try (Network network = open(architecture, folder, products);
        NetworkCall call = network.call(inputs)) {
      for (int i = 0; i < WARM_UP; i++) {
        Stopwatch watch = new Stopwatch();
        call.run();
        System.out.printf("call %d  %8.3f s%n", i, watch.seconds());
      }
      Stopwatch watch = new Stopwatch();
      StepProfile profile = StepProfile.of(call.trace());
      System.out.printf("traced  %8.3f s%n%n", watch.seconds());
      profile.print(System.out, LARGEST);
      System.out.printf("%npeak resident %,d MB%n", ResidentMemory.peakBytes() >> 20);
    }
  }

  static Network open(Architecture architecture, Path folder, Precision products) {
    try (TensorSource weights = Checkpoints.open(folder)) {
      LoadOptions options =
          LoadOptions.DEFAULT.withPrecision(WeightPrecision.BY_SIZE).withProducts(products);
      return Network.load(folder.toString(), architecture, weights, options);
    }
  }
}
