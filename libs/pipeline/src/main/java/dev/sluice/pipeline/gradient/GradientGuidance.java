package dev.sluice.pipeline.gradient;

import dev.sluice.diffusion.prediction.NoiseLevel;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.batch.Claim;
import dev.sluice.pipeline.batch.NetworkWork;
import dev.sluice.pipeline.batch.Row;
import dev.sluice.pipeline.batch.StepBatcher;
import dev.sluice.pipeline.loop.GuidedSample;
import dev.sluice.pipeline.request.DenoiseRequest;
import dev.sluice.pipeline.request.GuidanceOptions;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A second network that says in which direction a sample becomes more what is wanted. Its gradient
 * is added to the score that the denoiser's answer stands for. Safe for use by several threads at
 * once, which then share network calls.
 */
public abstract class GradientGuidance implements AutoCloseable {

  private final Network network;
  private final StepBatcher batcher;

  GradientGuidance(String name, Network network, BatchLimit limit) {
    this.network = network;
    this.batcher = new StepBatcher(name, network::run, limit);
  }

  /** How strongly a request wants this guidance; 0 for not at all. */
  abstract double scale(GuidanceOptions options);

  /**
   * What the network is asked about a picture. Its output {@code gradient} has the picture's shape.
   *
   * @throws IllegalArgumentException if the request does not say what is wanted
   */
  abstract Row row(DenoiseRequest request, int picture, GuidedSample sight);

  /** What makes the output a gradient with respect to the denoiser's input. */
  abstract double perInput(NoiseLevel level);

  /**
   * The gradient with respect to the denoiser's input, times the request's scale.
   *
   * @param sights of each picture
   * @return for each picture, as long as its sample
   */
  List<float[]> gradients(DenoiseRequest request, List<GuidedSample> sights, Claim claim)
      throws InterruptedException {
    List<Row> rows =
        IntStream.range(0, sights.size())
            .mapToObj(picture -> row(request, picture, sights.get(picture)))
            .toList();
    OneCall call = new OneCall(rows, claim);
    batcher.run(call);
    double factor = scale(request.sampling().guidance()) * perInput(sights.get(0).level());
    return call.outputs.stream()
        .map(outputs -> scaled(outputs.get("gradient").values(), (float) factor))
        .toList();
  }

  private static float[] scaled(float[] values, float factor) {
    float[] scaled = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      scaled[i] = factor * values[i];
    }
    return scaled;
  }

  Network network() {
    return network;
  }

  StepBatcher batcher() {
    return batcher;
  }

  @Override
  public void close() {
    batcher.close();
    network.close();
  }

  /** Rows that are asked once. */
  private static final class OneCall implements NetworkWork {

    private final List<Row> rows;
    private final Claim claim;
    private List<Map<String, HostTensor.Floats>> outputs;

    OneCall(List<Row> rows, Claim claim) {
      this.rows = rows;
      this.claim = claim;
    }

    @Override
    public Claim claim() {
      return claim;
    }

    @Override
    public boolean finished() {
      return outputs != null;
    }

    @Override
    public List<Row> rows() {
      return rows;
    }

    @Override
    public void beforeStep() {
      // Whether the work is still wanted is asked before the denoiser's call.
    }

    @Override
    public void accept(List<Map<String, HostTensor.Floats>> answers) {
      outputs = List.copyOf(answers);
    }
  }
}
