package dev.sluice.networks.code;

import static dev.sluice.networks.layer.Layers.channels;
import static dev.sluice.networks.layer.Layers.concat;
import static dev.sluice.networks.layer.Layers.linear;
import static dev.sluice.networks.layer.Norms.layerNorm;

import dev.sluice.networks.block.FeedForward;
import dev.sluice.networks.layer.Activation;
import dev.sluice.networks.layer.Attention;
import dev.sluice.networks.layer.Scope;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The priors' transformer block, with their names, for tokens that come in parts: those of a part
 * attend to what is remembered of parts before, and to each other.
 */
final class RememberingBlock {

  private static final double EPSILON = 1e-5;

  private RememberingBlock() {}

  /**
   * What later tokens attend to.
   *
   * @param keys {@code [batch, tokens, width]}
   * @param values as {@code keys}
   */
  record Memory(Operand<TFloat32> keys, Operand<TFloat32> values) {

    /** Parts after each other. */
    static Memory joined(Ops tf, List<Memory> parts) {
      return parts.size() == 1
          ? parts.get(0)
          : new Memory(
              concat(tf, 1, parts.stream().map(Memory::keys).toList()),
              concat(tf, 1, parts.stream().map(Memory::values).toList()));
    }
  }

  /**
   * A part after its block.
   *
   * @param states the shape of what went in
   * @param memory of this part alone
   */
  record Result(Operand<TFloat32> states, Memory memory) {}

  /**
   * @param x {@code [batch, tokens, width]}
   * @param before what is remembered, in order
   * @param bias added to the scores, whose keys are those remembered and then the part's own
   */
  static Result apply(
      Scope scope, Operand<TFloat32> x, List<Memory> before, int heads, Operand<TFloat32> bias) {
    Ops tf = scope.tf();
    int width = channels(x);
    Operand<TFloat32> normal = layerNorm(scope.in("norm1"), x, EPSILON);
    Scope attention = scope.in("attn1");
    Memory own =
        new Memory(
            linear(attention.in("to_k"), normal, width),
            linear(attention.in("to_v"), normal, width));
    List<Memory> parts = new ArrayList<>(before);
    parts.add(own);
    Memory all = Memory.joined(tf, parts);
    Operand<TFloat32> mixed =
        Attention.attend(
            attention,
            linear(attention.in("to_q"), normal, width),
            all.keys(),
            all.values(),
            heads,
            bias);
    Operand<TFloat32> h = tf.math.add(x, linear(attention.in("to_out.0"), mixed, width));
    normal = layerNorm(scope.in("norm3"), h, EPSILON);
    return new Result(
        scope.tap(tf.math.add(h, FeedForward.plain(scope.in("ff"), normal, Activation.GELU))), own);
  }
}
