package dev.sluice.bench;

import static dev.sluice.networks.unet.UNet2DConditionModel.DEEP_FEATURES;
import static dev.sluice.networks.unet.UNet2DConditionModel.KEEP_DEEP_FEATURES;

import com.google.protobuf.util.Durations;
import dev.sluice.catalog.Config;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.StageResult;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.local.LocalRun;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.unet.UNet2DConditionModel;
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
  private static final double NANOS_PER_SECOND = 1e9;
  private static final List<Integer> INTERVALS = List.of(1, 2, 3, 5);

  private StepCacheBench() {}

  /** Arguments: an unCLIP's folder, and that of a UNet of Stable Diffusion 1.5's size or none. */
  public static void main(String[] args) throws Exception {
    try (LocalRun model = LocalRun.of(Path.of(args[0]))) {
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
  private static float[][] pictures(LocalRun model, int interval, double[] seconds) {
    SamplingSettings decoder =
        Asked.sampling(STEPS, 2).toBuilder().setCacheInterval(interval).build();
    float[][] pictures = new float[PICTURES][];
    for (int i = 0; i < PICTURES; i++) {
      StageResult made =
          model
              .generate(
                  Asked.picture(
                      "a large red circle above a small blue square",
                      i,
                      Asked.sampling(15, 2),
                      decoder,
                      7))
              .get(0);
      pictures[i] = Asked.values(made);
      seconds[0] += secondsOfDecoder(made);
    }
    return pictures;
  }

  private static double secondsOfDecoder(StageResult picture) {
    return picture.getHeader().getTimingsList().stream()
        .filter(timing -> timing.getStage() == Stage.DENOISER)
        .mapToDouble(timing -> Durations.toNanos(timing.getDuration()) / NANOS_PER_SECOND)
        .sum();
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
