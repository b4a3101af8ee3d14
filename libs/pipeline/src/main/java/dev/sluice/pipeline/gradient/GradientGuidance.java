package dev.sluice.pipeline.gradient;

import dev.sluice.diffusion.prediction.NoiseLevel;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.batch.Ask;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.batch.Row;
import dev.sluice.pipeline.batch.RowNetwork;
import dev.sluice.pipeline.batch.StepBatcher;
import dev.sluice.pipeline.loop.Correction;
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
    this.batcher = new StepBatcher(name, RowNetwork.of(network), limit);
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

  /** This guidance as a request wants it. */
  public Correction of(DenoiseRequest request) {
    return new Correction() {
      @Override
      public Ask ask(List<GuidedSample> samples) {
        return new Ask(
            batcher,
            IntStream.range(0, samples.size())
                .mapToObj(picture -> row(request, picture, samples.get(picture)))
                .toList());
      }

      @Override
      public List<float[]> gradients(
          List<GuidedSample> samples, List<Map<String, HostTensor.Floats>> outputs) {
        double factor = scale(request.sampling().guidance()) * perInput(samples.get(0).level());
        return outputs.stream()
            .map(output -> scaled(output.get("gradient").values(), (float) factor))
            .toList();
      }
    };
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
}
