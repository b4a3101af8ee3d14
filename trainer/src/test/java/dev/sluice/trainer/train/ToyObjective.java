package dev.sluice.trainer.train;

import dev.sluice.catalog.Config;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.transformer.PriorTransformer;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A real network, small, that shall learn to give back half of what it is shown, without noise. */
final class ToyObjective implements Objective {

  static final String COMPONENT = "prior";
  static final int ROWS = 16;
  private static final int WIDTH = 8;
  private static final int TOKENS = 3;

  @Override
  public List<Player> build(TrainingGraph graph) {
    Map<String, Object> config =
        Map.of(
            "num_attention_heads", 2,
            "attention_head_dim", 8,
            "num_layers", 1,
            "embedding_dim", WIDTH,
            "num_embeddings", TOKENS,
            "additional_embeddings", 4);
    Component network =
        graph.trained(
            COMPONENT, new PriorTransformer(Config.of(config)), name -> !name.startsWith("clip_"));
    Ops tf = graph.tf();
    Operand<TFloat32> clean = graph.floats("shown", WIDTH);
    Operand<TFloat32> shown =
        tf.math.add(clean, tf.math.mul(graph.noise(WIDTH), tf.constant(0.05f)));
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
    Operand<TFloat32> half = tf.math.mul(clean, tf.constant(0.5f));
    Operand<TFloat32> loss = graph.mean(tf.math.squaredDifference(made, half));
    return List.of(new Player("toy", loss, List.of(network)));
  }

  @Override
  public Map<String, HostTensor> batch(long number) {
    SplittableRandom random = new SplittableRandom(number);
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
}
