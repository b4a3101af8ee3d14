package dev.sluice.trainer.unclip;

import static dev.sluice.networks.layer.Layers.linear;

import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.layer.Inputs;
import dev.sluice.networks.layer.Scope;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.trainer.shapes.SceneAttributes;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Reads a scene's attributes from an embedding, linearly: {@code embeds [batch, d]} to {@code
 * logits [batch, choices]}. It is trained beside CLIP and does not ship.
 */
final class SceneProbe implements Architecture {

  private final int width;

  /**
   * @param width of the embeddings
   */
  SceneProbe(int width) {
    this.width = width;
  }

  @Override
  public Map<String, Operand<TFloat32>> build(Scope root, Inputs inputs) {
    return Map.of(
        "logits",
        linear(
            root.in("attributes"), inputs.floats(root.tf(), "embeds"), SceneAttributes.SIZE, true));
  }

  @Override
  public Map<String, HostTensor> exampleInputs() {
    return Map.of("embeds", new HostTensor.Floats(new float[width], 1, width));
  }
}
