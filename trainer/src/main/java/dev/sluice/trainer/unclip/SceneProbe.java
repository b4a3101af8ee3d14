package dev.sluice.trainer.unclip;

import static dev.sluice.networks.layer.Layers.linear;

import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.layer.Inputs;
import dev.sluice.networks.layer.Scope;
import dev.sluice.networks.tensor.HostTensor;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Reads a scene's attributes from an embedding, linearly: {@code embeds [batch, d]} to {@code
 * logits [batch, choices]}. It is trained beside CLIP and does not ship.
 */
final class SceneProbe implements Architecture {

  private final int width;
  private final int choices;

  /**
   * @param width of the embeddings
   * @param choices of all questions together
   */
  SceneProbe(int width, int choices) {
    this.width = width;
    this.choices = choices;
  }

  @Override
  public Map<String, Operand<TFloat32>> build(Scope root, Inputs inputs) {
    return Map.of(
        "logits", linear(root.in("attributes"), inputs.floats(root.tf(), "embeds"), choices, true));
  }

  @Override
  public Map<String, HostTensor> exampleInputs() {
    return Map.of("embeds", new HostTensor.Floats(new float[width], 1, width));
  }
}
