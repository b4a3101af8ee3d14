package dev.sluice.bench;

import static dev.sluice.networks.unet.UNet2DConditionModel.DEEP_FEATURES;
import static dev.sluice.networks.unet.UNet2DConditionModel.KEEP_DEEP_FEATURES;

import dev.sluice.catalog.Config;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.unet.UNet2DConditionModel;
import dev.sluice.pipeline.UnClipPipeline;
import dev.sluice.pipeline.UnClipRequest;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.safetensors.Checkpoints;
import dev.sluice.safetensors.TensorSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What step caching (DeepCache) is worth and what it costs: the decoder's time and the finished
 * pictures' difference at several intervals, and the time of a whole and of a cached step of a
 * large UNet.
 */
public final class StepCacheBench {

  private static final int PICTURES = 8;
  private static final int STEPS = 20;
  private static final int ROUNDS = 5;
  private static final List<Integer> INTERVALS = List.of(1, 2, 3, 5);

  private StepCacheBench() {}

  /** Arguments: an unCLIP's folder, and that of a UNet of Stable Diffusion 1.5's size or none. */
  public static void main(String[] args) throws Exception {
    try (UnClipPipeline model =
        UnClipPipeline.load(ModelFolder.open(Path.of(args[0])), BatchLimit.DEFAULT)) {
      // Both kinds of step have a graph of their own, which its first run pays for.
      pictures(model, 2, new double[1]);
      pictures(model, 1, new double[1]);
      double[] whole = new double[1];
      float[][] expected = pictures(model, 1, whole);
      for (int interval : INTERVALS) {
        double[] seconds = new double[1];
        float[][] made = pictures(model, interval, seconds);
        System.out.printf(
            "interval %d: decoder %.2f times as fast, pictures differ by %.2f / 255 on average%n",
            interval, whole[0] / seconds[0], 255 * meanDifference(expected, made) / 2);
      }
    }
    if (args.length > 1 && Files.isRegularFile(Path.of(args[1]).resolve("config.json"))) {
      steps(Path.of(args[1]));
    }
  }

  /** The pictures, and the seconds that their decoder steps took. */
  private static float[][] pictures(UnClipPipeline model, int interval, double[] seconds)
      throws InterruptedException {
    Sampling prior = Sampling.of(15, 2);
    Sampling decoder = Sampling.of(STEPS, 2).caching(interval);
    Sampling upscaling = Sampling.ofSteps(7);
    float[][] pictures = new float[PICTURES][];
    for (int i = 0; i < PICTURES; i++) {
      UnClipRequest request =
          new UnClipRequest(
              "a large red circle above a small blue square",
              "",
              i,
              prior,
              decoder,
              List.of(upscaling, upscaling));
      Stopwatch[] watch = new Stopwatch[1];
      StepListener timed =
          new StepListener() {
            @Override
            public void beforeStep() {
              if (watch[0] == null) {
                watch[0] = new Stopwatch();
              }
            }

            @Override
            public void afterStep(
                int step, int steps, dev.sluice.pipeline.loop.ResumableLoop loop) {
              if (step == steps) {
                seconds[0] += watch[0].seconds();
              }
            }
          };
      pictures[i] =
          model
              .generate(
                  request, part -> part == UnClipPipeline.Part.DECODER ? timed : StepListener.NONE)
              .values();
    }
    return pictures;
  }

  private static double meanDifference(float[][] one, float[][] other) {
    double sum = 0;
    long count = 0;
    for (int i = 0; i < one.length; i++) {
      for (int j = 0; j < one[i].length; j++) {
        double a = Math.max(-1, Math.min(1, one[i][j]));
        double b = Math.max(-1, Math.min(1, other[i][j]));
        sum += Math.abs(a - b);
        count++;
      }
    }
    return sum / count;
  }

  /** Whole and cached steps of a network by turns. */
  private static void steps(Path folder) {
    Config config = Config.read(folder.resolve("config.json"));
    try (TensorSource weights = Checkpoints.open(folder);
        Network network = Network.load(new UNet2DConditionModel(config), weights)) {
      TorchGenerator generator = new TorchGenerator(1);
      int width = config.integer("cross_attention_dim", 1280);
      Map<String, HostTensor> inputs = new HashMap<>();
      inputs.put("sample", new HostTensor.Floats(generator.randn(2 * 4 * 64 * 64), 2, 4, 64, 64));
      inputs.put("timestep", new HostTensor.Floats(new float[] {500, 500}, 2));
      inputs.put(
          "encoder_hidden_states",
          new HostTensor.Floats(generator.randn(2 * 77 * width), 2, 77, width));
      Map<String, HostTensor> keeping = new HashMap<>(inputs);
      keeping.put(KEEP_DEEP_FEATURES, new HostTensor.Floats(new float[2], 2));
      Map<String, HostTensor> reusing = new HashMap<>(inputs);
      double[] whole = new double[ROUNDS];
      double[] cached = new double[ROUNDS];
      for (int round = -1; round < ROUNDS; round++) {
        Stopwatch first = new Stopwatch();
        reusing.put(DEEP_FEATURES, network.run(keeping).get(DEEP_FEATURES));
        double wholeStep = first.seconds();
        Stopwatch second = new Stopwatch();
        network.run(reusing);
        if (round >= 0) {
          whole[round] = wholeStep;
          cached[round] = second.seconds();
        }
      }
      Arrays.sort(whole);
      Arrays.sort(cached);
      double ratio = whole[ROUNDS / 2] / cached[ROUNDS / 2];
      System.out.printf(
          "a large UNet: whole step %.2f s, cached step %.2f s%n",
          whole[ROUNDS / 2], cached[ROUNDS / 2]);
      for (int interval : INTERVALS) {
        System.out.printf(
            "interval %d: %.2f times as fast%n", interval, interval / (1 + (interval - 1) / ratio));
      }
    }
  }
}
