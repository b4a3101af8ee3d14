package dev.sluice.trainer.latent;

import static dev.sluice.networks.layer.Layers.linear;
import static dev.sluice.networks.layer.Norms.layerNorm;

import dev.sluice.networks.layer.Activation;
import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.layer.Inputs;
import dev.sluice.networks.layer.Scope;
import dev.sluice.networks.tensor.HostTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Sum;
import org.tensorflow.types.TFloat32;

/**
 * Tells real pictures from made ones by what a frozen encoder sees in them (Sauer et al. 2023,
 * section 3.2): a small head on the tokens of each layer, which knows the caption by projection
 * (Miyato and Koyama 2018, equation 3). It is trained beside a student and does not ship.
 *
 * <p>Inputs: {@code layers.<i> [batch, tokens, width]} of each layer, {@code text [batch,
 * textWidth]}. Output: {@code realness [batch, tokens, layers]}, positive for real ones.
 *
 * @param layers of the encoder that are looked at
 * @param width of its tokens
 * @param textWidth of the caption's embedding
 * @param hidden width of a head
 */
record FeatureCritic(List<Integer> layers, int width, int textWidth, int hidden)
    implements Architecture {

  private static final double EPSILON = 1e-5;

  /** The input that a layer's tokens are. */
  static String layer(int index) {
    return "layers." + index;
  }

  @Override
  public Map<String, Operand<TFloat32>> build(Scope root, Inputs inputs) {
    Ops tf = root.tf();
    Operand<TFloat32> text = inputs.vectors(tf, "text", textWidth);
    List<Operand<TFloat32>> answers =
        layers.stream()
            .map(
                layer ->
                    head(root.in("heads").in(layer), inputs.vectors(tf, layer(layer), width), text))
            .toList();
    return Map.of("realness", tf.concat(answers, tf.constant(2)));
  }

  private Operand<TFloat32> head(Scope scope, Operand<TFloat32> tokens, Operand<TFloat32> text) {
    Ops tf = scope.tf();
    Operand<TFloat32> seen =
        Activation.SILU.apply(
            tf, linear(scope.in("in"), layerNorm(scope.in("norm"), tokens, EPSILON), hidden, true));
    Operand<TFloat32> meant =
        tf.expandDims(linear(scope.in("text"), text, hidden, true), tf.constant(1));
    Operand<TFloat32> fits =
        tf.math.mul(
            tf.sum(tf.math.mul(seen, meant), tf.constant(2), Sum.keepDims(true)),
            tf.constant((float) (1 / Math.sqrt(hidden))));
    return tf.math.add(linear(scope.in("out"), seen, 1, true), fits);
  }

  @Override
  public Map<String, HostTensor> exampleInputs() {
    Map<String, HostTensor> inputs = new LinkedHashMap<>();
    inputs.put("text", new HostTensor.Floats(new float[textWidth], 1, textWidth));
    layers.forEach(
        layer ->
            inputs.put(layer(layer), new HostTensor.Floats(new float[2 * width], 1, 2, width)));
    return inputs;
  }
}
