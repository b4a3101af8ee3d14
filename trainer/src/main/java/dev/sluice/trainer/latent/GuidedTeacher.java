package dev.sluice.trainer.latent;

import static dev.sluice.networks.layer.Layers.concat;

import dev.sluice.networks.unet.UNet2DConditionModel;
import dev.sluice.trainer.diffusion.Noised;
import dev.sluice.trainer.system.OtherModel;
import dev.sluice.trainer.train.Component;
import dev.sluice.trainer.train.TrainingGraph;
import java.nio.file.Path;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A frozen network of latents with classifier-free guidance (Ho and Salimans 2022, eq. 6): asked
 * with a text and without it, in one call of twice the rows; once where its scale is 1.
 */
public final class GuidedTeacher {

  private static final String NAME = "teacher";

  private final TrainingGraph graph;
  private final Component unet;
  private final double guidance;

  /**
   * @param folder of the network, with its config and weights
   * @param guidance its scale, 1 for none
   */
  public GuidedTeacher(TrainingGraph graph, Path folder, double guidance) {
    this.graph = graph;
    this.unet = graph.frozen(NAME, new UNet2DConditionModel(OtherModel.config(folder)), folder);
    this.guidance = guidance;
  }

  /**
   * What it says of noised latents.
   *
   * @param states of the text, {@code [rows, tokens, width]}
   * @param none of no text, in the same shape
   */
  public Operand<TFloat32> answer(Noised noised, Operand<TFloat32> states, Operand<TFloat32> none) {
    if (guidance == 1) {
      return noised.answeredBy(graph, unet, states);
    }
    Ops tf = graph.tf();
    Noised twice =
        new Noised(
            concat(tf, 0, List.of(noised.sample(), noised.sample())),
            concat(tf, 0, List.of(noised.timestep(), noised.timestep())),
            noised.index(),
            noised.clean(),
            noised.noise());
    Operand<TFloat32> both = twice.answeredBy(graph, unet, concat(tf, 0, List.of(states, none)));
    Operand<TFloat32> told = rows(tf, both, 0);
    Operand<TFloat32> untold = rows(tf, both, graph.rows());
    return tf.math.add(
        untold, tf.math.mul(tf.math.sub(told, untold), tf.constant((float) guidance)));
  }

  private Operand<TFloat32> rows(Ops tf, Operand<TFloat32> x, int first) {
    return tf.slice(
        x,
        tf.constant(new int[] {first, 0, 0, 0}),
        tf.constant(new int[] {graph.rows(), -1, -1, -1}));
  }
}
