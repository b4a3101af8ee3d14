package dev.sluice.bench;

import dev.sluice.catalog.Config;
import dev.sluice.catalog.loading.Precision;
import dev.sluice.networks.Architectures;
import dev.sluice.networks.graph.GraphWork;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.graph.NetworkCall;
import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.tensor.HostTensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What rows in one call are worth: a network's calls of 1, 2, 4 and 8 rows, against the rate of the
 * machine's matrix products in the same precision.
 *
 * <p>Takes a component's folder, the precision in which it multiplies, and the shapes of its
 * inputs, with {@code N} in place of the rows: {@code sample=Nx4x64x64}.
 */
public final class RowsBench {

  private static final List<Integer> ROWS = List.of(1, 2, 4, 8);
  private static final int WARM_UP = 2;
  private static final int CALLS = 5;
  private static final int SIDE = 4096;

  private RowsBench() {}

  /** Prints a line for each number of rows. */
  public static void main(String[] args) {
    if (args.length < 3) {
      System.err.println("usage: RowsBench FOLDER PRECISION INPUT=SHAPE...");
      System.exit(2);
    }
    Path folder = Path.of(args[0]);
    Precision precision = Precision.named(args[1]);
    List<String> shapes = Arrays.asList(args).subList(2, args.length);
    Architecture architecture = Architectures.of(Config.read(folder.resolve("config.json")));
    double machine = MatrixRate.measure(SIDE, CALLS, precision);
    System.out.printf("%s in %s%n", folder, precision.label());
    System.out.printf("matrix products %,.0f GFLOP/s%n", machine);
    System.out.printf("%5s %10s %10s %8s%n", "rows", "s a call", "rows/s", "share");
    try (Network network = ProfileBench.open(architecture, folder, precision)) {
      for (int rows : ROWS) {
        Map<String, HostTensor> inputs =
            GivenInputs.of(
                architecture,
                shapes.stream().map(shape -> shape.replace("=N", "=" + rows)).toList());
        double seconds = seconds(network, inputs);
        double share = GraphWork.of(architecture, inputs) / seconds / 1e9 / machine;
        System.out.printf(
            "%5d %10.4f %10.2f %7.0f%%%n", rows, seconds, rows / seconds, 100 * share);
      }
    }
  }

  /** The median call's. */
  private static double seconds(Network network, Map<String, HostTensor> inputs) {
    double[] times = new double[CALLS];
    try (NetworkCall call = network.call(inputs)) {
      for (int i = 0; i < WARM_UP; i++) {
        call.run();
      }
      for (int i = 0; i < CALLS; i++) {
        Stopwatch watch = new Stopwatch();
        call.run();
        times[i] = watch.seconds();
      }
    }
    Arrays.sort(times);
    return times[CALLS / 2];
  }
}
