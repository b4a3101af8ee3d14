package dev.sluice.trainer.unclip;

import dev.sluice.networks.config.Config;
import dev.sluice.networks.graph.HostTensor;
import dev.sluice.networks.unet.NoisyClassifier;
import dev.sluice.trainer.shapes.SceneSampler;
import dev.sluice.trainer.shapes.Shape;
import dev.sluice.trainer.train.Objective;
import dev.sluice.trainer.train.TrainingGraph;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The classifier's loss (Dhariwal and Nichol 2021, section 4.1): the cross-entropy of the shape in
 * a picture of one object, at the decoder's size and all its noise levels.
 */
final class ClassifierObjective implements Objective {

  private final ShapesBatches batches;

  ClassifierObjective(ShapesBatches batches) {
    this.batches = batches;
  }

  @Override
  public Operand<TFloat32> loss(TrainingGraph graph) {
    Ops tf = graph.tf();
    int size = ShapesUnclip.BASE;
    TrainingGraph.Component classifier =
        graph.component("classifier", new NoisyClassifier(Config.of(ShapesUnclip.classifier())));
    Operand<TFloat32> logits =
        graph
            .build(
                classifier,
                Map.of(
                    "sample", graph.floats("noisy", 3, size, size),
                    "timestep", graph.floats("timestep")))
            .get("logits");
    Operand<TFloat32> right = graph.floats("shape", Shape.values().length);
    return tf.math.neg(
        graph.mean(tf.reduceSum(tf.math.mul(tf.nn.logSoftmax(logits), right), tf.constant(1))));
  }

  @Override
  public Map<String, HostTensor> batch(long step) {
    SceneSampler.Example[] examples =
        Arrays.stream(batches.examples(step))
            .filter(example -> example.scene().objects().size() == 1)
            .toArray(SceneSampler.Example[]::new);
    SplittableRandom random = batches.random(step);
    int rows = examples.length;
    int size = ShapesUnclip.BASE;
    int length = 3 * size * size;
    int classes = Shape.values().length;
    float[] timesteps = ShapesBatches.timesteps(random, rows);
    float[] noisy = new float[rows * length];
    float[] right = new float[rows * classes];
    for (int row = 0; row < rows; row++) {
      float[] clean = ShapesBatches.reduced(examples[row].pixels(), size);
      Noise.add(clean, (int) timesteps[row], random, noisy, row * length);
      right[row * classes + examples[row].scene().objects().get(0).shape().ordinal()] = 1;
    }
    return Map.of(
        "noisy", new HostTensor.Floats(noisy, rows, 3, size, size),
        "timestep", new HostTensor.Floats(timesteps, rows),
        "shape", new HostTensor.Floats(right, rows, classes));
  }
}
