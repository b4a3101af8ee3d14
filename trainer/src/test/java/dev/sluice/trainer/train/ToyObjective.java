package dev.sluice.trainer.train;

import dev.sluice.catalog.Config;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.transformer.PriorTransformer;
import java.util.Map;
import java.util.SplittableRandom;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** A real network, small, that shall learn to give back half of what it is shown. */
final class ToyObjective implements Objective {

  static final String COMPONENT = "prior";
  private static final int ROWS = 16;
  private static final int WIDTH = 8;
  private static final int TOKENS = 3;

  @Override
  public Operand<TFloat32> loss(TrainingGraph graph) {
    Map<String, Object> config =
        Map.of(
            "num_attention_heads", 2,
            "attention_head_dim", 8,
            "num_layers", 1,
            "embedding_dim", WIDTH,
            "num_embeddings", TOKENS,
            "additional_embeddings", 4);
    TrainingGraph.Component network =
        graph.component(
            COMPONENT, new PriorTransformer(Config.of(config)), name -> !name.startsWith("clip_"));
    Operand<TFloat32> shown = graph.floats("shown", WIDTH);
    Operand<TFloat32> made =
        graph
            .build(
                network,
                Map.of(
                    "hidden_states", shown,
                    "timestep", graph.floats("timestep"),
                    "proj_embedding", graph.floats("proj", WIDTH),
                    "encoder_hidden_states", graph.floats("states", TOKENS, WIDTH),
                    "attention_mask", graph.longs("mask", TOKENS)))
            .get("predicted_image_embedding");
    Operand<TFloat32> half = graph.tf().math.mul(shown, graph.tf().constant(0.5f));
    return graph.mean(graph.tf().math.squaredDifference(made, half));
  }

  @Override
  public Map<String, HostTensor> batch(long step) {
    SplittableRandom random = new SplittableRandom(step);
    long[] mask = new long[ROWS * TOKENS];
    java.util.Arrays.fill(mask, 1);
    return Map.of(
        "shown", floats(random, ROWS, WIDTH),
        "timestep", new HostTensor.Floats(new float[ROWS], ROWS),
        "proj", floats(random, ROWS, WIDTH),
        "states", floats(random, ROWS, TOKENS, WIDTH),
        "mask", new HostTensor.Longs(mask, ROWS, TOKENS));
  }

  private static HostTensor.Floats floats(SplittableRandom random, int... shape) {
    int size = java.util.Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return new HostTensor.Floats(values, shape);
  }

  @Override
  public WeightInitializer initializer(String component) {
    return new WeightInitializer(5);
  }
}
