package dev.sluice.networks.unet;

import static dev.sluice.networks.layer.Layers.linear;
import static dev.sluice.networks.layer.Layers.reshape;
import static dev.sluice.networks.layer.Norms.layerNorm;

import dev.sluice.networks.block.CrossContext;
import dev.sluice.networks.layer.Inputs;
import dev.sluice.networks.layer.Scope;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * What the pixels of a conditional UNet attend to.
 *
 * @param cross tokens with their mask; null when no level has cross-attention
 * @param pixelBias for the spatial transformers' first attention; null for none
 */
record ContextStates(CrossContext cross, Operand<TFloat32> pixelBias) {

  /** Tokens that an image embedding is projected to. */
  private static final int IMAGE_TOKENS = 32;

  private static final double LAYER_NORM_EPSILON = 1e-5;

  /** What a network is given. */
  static ContextStates of(UNet2DConditionConfig config, Scope root, Inputs inputs) {
    Ops tf = root.tf();
    if (!isWanted(config)) {
      return new ContextStates(null, null);
    }
    Operand<TFloat32> tokenBias = bias(tf, inputs, "encoder_attention_mask");
    return new ContextStates(
        new CrossContext(states(config, root, inputs), tokenBias),
        bias(tf, inputs, "attention_mask"));
  }

  private static Operand<TFloat32> states(UNet2DConditionConfig config, Scope root, Inputs inputs) {
    Ops tf = root.tf();
    Scope scope = root.in("encoder_hid_proj");
    int width = config.contextWidth();
    return switch (config.contextProjection()) {
      case "text_proj" -> linear(scope, given(config, tf, inputs), width);
      case "image_proj" -> {
        Operand<TFloat32> image = inputs.vectors(tf, "image_embeds", config.contextInputWidth());
        Operand<TFloat32> tokens = linear(scope.in("image_embeds"), image, IMAGE_TOKENS * width);
        yield scope.tap(
            layerNorm(
                scope.in("norm"),
                reshape(tf, tokens, -1, IMAGE_TOKENS, width),
                LAYER_NORM_EPSILON));
      }
      default -> given(config, tf, inputs);
    };
  }

  /** The encoder's states as they come, {@code [batch, tokens, width]}. */
  static Operand<TFloat32> given(UNet2DConditionConfig config, Ops tf, Inputs inputs) {
    return inputs.vectors(tf, "encoder_hidden_states", width(config));
  }

  /** The width of the encoder's states as they are given, before any projection. */
  static int width(UNet2DConditionConfig config) {
    return config.contextProjection().equals("text_proj")
        ? config.contextInputWidth()
        : config.contextWidth();
  }

  private static Operand<TFloat32> bias(Ops tf, Inputs inputs, String name) {
    return inputs.has(name) ? CrossContext.bias(tf, inputs.floats(tf, name)) : null;
  }

  /** Whether any level attends to them. */
  static boolean isWanted(UNet2DConditionConfig config) {
    return config.downBlocks().stream().anyMatch(ContextStates::attends)
        || config.upBlocks().stream().anyMatch(ContextStates::attends)
        || config.middle().endsWith("CrossAttn");
  }

  private static boolean attends(BlockKind kind) {
    return kind == BlockKind.CROSS_ATTENTION || kind == BlockKind.SIMPLE_CROSS_ATTENTION;
  }
}
