package dev.sluice.trainer.diffusion;

import dev.sluice.trainer.train.Component;
import dev.sluice.trainer.train.TrainingGraph;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * A batch with its noise.
 *
 * @param sample x_t, in the shape of {@code clean}
 * @param timestep what the network is told, {@code [rows]}
 * @param index of the timestep, {@code [rows]}
 * @param clean x_0
 * @param noise n
 */
public record Noised(
    Operand<TFloat32> sample,
    Operand<TFloat32> timestep,
    Operand<TInt64> index,
    Operand<TFloat32> clean,
    Operand<TFloat32> noise) {

  /**
   * What a UNet says of it that attends to a text.
   *
   * @param states of the text, {@code [rows, tokens, width]}
   */
  public Operand<TFloat32> answeredBy(
      TrainingGraph graph, Component unet, Operand<TFloat32> states) {
    return graph
        .build(
            unet, Map.of("sample", sample, "timestep", timestep, "encoder_hidden_states", states))
        .get("sample");
  }
}
