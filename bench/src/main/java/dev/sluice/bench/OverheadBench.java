package dev.sluice.bench;

import dev.sluice.catalog.Config;
import dev.sluice.diffusion.Samplers;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.graph.NetworkCall;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.unet.UNet2DConditionModel;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.batch.RowNetwork;
import dev.sluice.pipeline.batch.StepBatcher;
import dev.sluice.pipeline.guidance.Condition;
import dev.sluice.pipeline.guidance.Guidance;
import dev.sluice.pipeline.loop.DenoiseLoop;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.safetensors.Checkpoints;
import dev.sluice.safetensors.TensorSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * What our own code takes of a denoising step: batcher, guidance and sampler on the one hand,
 * copies to and from TensorFlow on the other, each against the session's bare run of the same
 * batch. All three are measured in every step of one run, so that a noisy machine disturbs them
 * alike; medians are compared.
 */
public final class OverheadBench {

  private OverheadBench() {}

  /** Arguments: a UNet's folder, pictures, steps, and the size of a sample in its own pixels. */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    int pictures = Integer.parseInt(args[1]);
    int steps = Integer.parseInt(args[2]);
    int size = Integer.parseInt(args[3]);
    Config config = Config.read(folder.resolve("config.json"));
    try (TensorSource weights = Checkpoints.open(folder);
        Network network = Network.load(new UNet2DConditionModel(config), weights)) {
      Measured measured = new Measured(network);
      denoise(measured, config, pictures, 2, size);
      measured.forget();
      double seconds = denoise(measured, config, pictures, steps, size);
      measured.report(2 * pictures, seconds);
    }
  }

  /** Pictures in one batch, two rows each; the seconds that all of it took. */
  private static double denoise(Measured network, Config config, int pictures, int steps, int size)
      throws Exception {
    SamplingPlan plan = Samplers.fromConfig(Map.of("_class_name", "DDIMScheduler")).plan(steps);
    BatchLimit limit = new BatchLimit(2 * pictures, Long.MAX_VALUE);
    try (StepBatcher batcher = new StepBatcher("bench", network, limit)) {
      List<DenoiseLoop> loops = new ArrayList<>();
      for (int i = 0; i < pictures; i++) {
        TorchGenerator generator = new TorchGenerator(i);
        Condition wanted = RandomConditions.of(config, generator);
        Condition unwanted = RandomConditions.of(config, generator);
        Guidance guidance = Guidance.classifierFree(() -> unwanted, wanted, Sampling.of(steps, 3));
        loops.add(
            DenoiseLoop.start(
                plan,
                guidance,
                generator,
                StepListener.NONE,
                1,
                config.integer("in_channels", 4),
                size,
                size));
      }
      Stopwatch watch = new Stopwatch();
      List<CompletableFuture<Void>> done = new ArrayList<>();
      loops.forEach(loop -> done.add(batcher.submit(loop)));
      for (CompletableFuture<Void> one : done) {
        one.get();
      }
      return watch.seconds();
    }
  }

  /** A network that notes what each part of its calls takes. */
  private static final class Measured implements RowNetwork {

    private final Network network;
    private final List<Double> runs = new ArrayList<>();
    private final List<Double> copies = new ArrayList<>();

    Measured(Network network) {
      this.network = network;
    }

    @Override
    public Map<String, HostTensor.Floats> run(Map<String, HostTensor> inputs) {
      Stopwatch whole = new Stopwatch();
      try (NetworkCall call = network.call(inputs)) {
        Stopwatch bare = new Stopwatch();
        call.run();
        double run = bare.seconds();
        Map<String, HostTensor.Floats> outputs = call.outputs();
        runs.add(run);
        copies.add(whole.seconds() - run);
        return outputs;
      }
    }

    void forget() {
      runs.clear();
      copies.clear();
    }

    void report(int rows, double seconds) {
      int calls = runs.size();
      double inCalls = sum(runs) + sum(copies);
      double ours = (seconds - inCalls) / calls;
      double run = median(runs);
      double copy = median(copies);
      System.out.printf("%d calls, the fullest of %d rows%n", calls, rows);
      System.out.printf("bare session run             %10.3f ms%n", 1e3 * run);
      System.out.printf(
          "copies in and out            %10.3f ms  %6.2f %%%n", 1e3 * copy, 100 * copy / run);
      System.out.printf(
          "batcher, guidance, sampler   %10.3f ms  %6.2f %%%n", 1e3 * ours, 100 * ours / run);
      System.out.printf(
          "overhead of a step           %10.3f ms  %6.2f %%%n",
          1e3 * (copy + ours), 100 * (copy + ours) / run);
    }

    private static double sum(List<Double> values) {
      return values.stream().mapToDouble(Double::doubleValue).sum();
    }

    private static double median(List<Double> values) {
      double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
      Arrays.sort(sorted);
      return sorted[sorted.length / 2];
    }
  }
}
