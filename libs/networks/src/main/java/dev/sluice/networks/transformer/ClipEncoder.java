package dev.sluice.networks.transformer;

import static dev.sluice.networks.layer.Layers.channels;
import static dev.sluice.networks.layer.Layers.linear;
import static dev.sluice.networks.layer.Norms.layerNorm;

import dev.sluice.catalog.Config;
import dev.sluice.networks.layer.Activation;
import dev.sluice.networks.layer.Attention;
import dev.sluice.networks.layer.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The pre-norm transformer that CLIP uses for text and for pictures (Radford et al. 2021, sections
 * 2.4 and 2.5).
 *
 * @param width of a token
 * @param hidden width of the feed-forward layer
 * @param layers transformer blocks
 * @param heads of each attention
 * @param activation of the feed-forward layer
 * @param epsilon of the layer norms
 */
public record ClipEncoder(
    int width, int hidden, int layers, int heads, Activation activation, double epsilon) {

  /** The encoder that a config describes, with a family's own default sizes. */
  static ClipEncoder of(Config config, int width, int hidden, int heads) {
    return new ClipEncoder(
        config.count("hidden_size", width),
        config.count("intermediate_size", hidden),
        config.count("num_hidden_layers", 12),
        config.count("num_attention_heads", heads),
        Activation.named(config.string("hidden_act", "quick_gelu")),
        config.number("layer_norm_eps", 1e-5));
  }

  /**
   * @param x {@code [batch, tokens, width]}
   * @param bias added to the attention scores, {@code [batch or 1, 1, tokens, tokens]}; null for
   *     none
   * @return {@code x} and the output of every layer, each {@code [batch, tokens, width]}
   */
  List<Operand<TFloat32>> apply(Scope scope, Operand<TFloat32> x, Operand<TFloat32> bias) {
    List<Operand<TFloat32>> states = new ArrayList<>();
    states.add(x);
    for (int i = 0; i < layers; i++) {
      x = layer(scope.in("layers").in(i), x, bias);
      states.add(x);
    }
    return states;
  }

  private Operand<TFloat32> layer(Scope scope, Operand<TFloat32> x, Operand<TFloat32> bias) {
    Ops tf = scope.tf();
    Operand<TFloat32> normal = layerNorm(scope.in("layer_norm1"), x, epsilon);
    Operand<TFloat32> h = tf.math.add(x, attention(scope.in("self_attn"), normal, bias));
    normal = layerNorm(scope.in("layer_norm2"), h, epsilon);
    return scope.tap(tf.math.add(h, feedForward(scope.in("mlp"), normal)));
  }

  private Operand<TFloat32> attention(Scope scope, Operand<TFloat32> x, Operand<TFloat32> bias) {
    Operand<TFloat32> mixed =
        Attention.attend(
            scope,
            linear(scope.in("q_proj"), x, width),
            linear(scope.in("k_proj"), x, width),
            linear(scope.in("v_proj"), x, width),
            heads,
            bias);
    return scope.tap(linear(scope.in("out_proj"), mixed, width));
  }

  private Operand<TFloat32> feedForward(Scope scope, Operand<TFloat32> x) {
    Operand<TFloat32> inner = activation.apply(scope.tf(), linear(scope.in("fc1"), x, hidden));
    return scope.tap(linear(scope.in("fc2"), inner, channels(x)));
  }

  /**
   * Names hidden states as the reference's tuple is indexed, from the front and from the back:
   * {@code hidden_states.0} is the input of the first layer, {@code hidden_states.-2} the input of
   * the last.
   */
  static void name(List<Operand<TFloat32>> states, Map<String, Operand<TFloat32>> outputs) {
    for (int i = 0; i < states.size(); i++) {
      outputs.put("hidden_states." + i, states.get(i));
      outputs.put("hidden_states." + (i - states.size()), states.get(i));
    }
  }
}
