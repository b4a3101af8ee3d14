package dev.sluice.bench;

import dev.sluice.catalog.Config;
import dev.sluice.diffusion.Samplers;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.unet.UNet2DConditionModel;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.batch.CoreShare;
import dev.sluice.pipeline.batch.StepBatcher;
import dev.sluice.pipeline.guidance.Guidance;
import dev.sluice.pipeline.loop.DenoiseLoop;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.request.Sampling;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/**
 * What step batching is worth as a denoiser gets wider: the steps of 16 requests with different
 * samplers, steps and guidance, one request after the other and then all at once, by networks made
 * like a given one with random weights.
 */
public final class WidthBench {

  private static final int REQUESTS = 16;
  private static final int ROUNDS = 3;
  private static final List<String> SAMPLERS =
      List.of("DDIMScheduler", "DDPMScheduler", "EulerDiscreteScheduler", "PNDMScheduler");

  private WidthBench() {}

  /** Arguments: a UNet's folder, then how many times as wide each network is. */
  public static void main(String[] args) throws Exception {
    BatchLimit limit =
        CoreShare.withOpThreads(Integer.getInteger("op.threads", 1))
            .settle(new BatchLimit(2 * REQUESTS, Long.MAX_VALUE));
    Config like = Config.read(Path.of(args[0]).resolve("config.json"));
    for (int i = 1; i < args.length; i++) {
      measure(widened(like, Integer.parseInt(args[i])), limit);
    }
  }

  private static void measure(Config config, BatchLimit limit) throws Exception {
    SplittableRandom random = new SplittableRandom(0);
    try (Network network =
            Network.initialize(
                new UNet2DConditionModel(config),
                parameter -> RandomWeights.of(parameter, random));
        StepBatcher batcher = new StepBatcher("bench", network::run, limit)) {
      run(batcher, config, REQUESTS);
      double best = 0;
      for (int round = 0; round < ROUNDS; round++) {
        double alone = run(batcher, config, 1);
        double together = run(batcher, config, REQUESTS);
        best = Math.max(best, alone / together);
      }
      System.out.printf(
          "channels %s, %,d parameters: together %.2f times as fast%n",
          config.integers("block_out_channels", List.of()), network.parameterCount(), best);
    }
  }

  /** The seconds that all requests take, so many at a time. */
  private static double run(StepBatcher batcher, Config config, int atOnce) throws Exception {
    Stopwatch watch = new Stopwatch();
    for (int first = 0; first < REQUESTS; first += atOnce) {
      List<CompletableFuture<Void>> running = new ArrayList<>();
      for (int i = first; i < first + atOnce; i++) {
        running.add(batcher.submit(loop(config, i)));
      }
      for (CompletableFuture<Void> one : running) {
        one.get();
      }
    }
    return watch.seconds();
  }

  private static DenoiseLoop loop(Config config, int request) {
    TorchGenerator generator = new TorchGenerator(request);
    String sampler = SAMPLERS.get(request % SAMPLERS.size());
    SamplingPlan plan = Samplers.fromConfig(Map.of("_class_name", sampler)).plan(4 + request % 3);
    Guidance guidance =
        Guidance.classifierFree(
            () -> RandomConditions.of(config, generator),
            RandomConditions.of(config, generator),
            Sampling.of(1, 1 + request % 4));
    // The prediction's second half would be a variance, which not every sampler takes.
    int size = config.integer("sample_size", 64);
    return DenoiseLoop.start(
        plan,
        Guidance.withoutVariance(guidance),
        generator,
        StepListener.NONE,
        1,
        config.integer("in_channels", 4),
        size,
        size);
  }

  private static Config widened(Config config, int times) {
    Map<String, Object> wide = new LinkedHashMap<>(config.asMap());
    wide.put(
        "block_out_channels",
        config.integers("block_out_channels", List.of()).stream()
            .map(channels -> channels * times)
            .toList());
    return Config.of(wide);
  }
}
