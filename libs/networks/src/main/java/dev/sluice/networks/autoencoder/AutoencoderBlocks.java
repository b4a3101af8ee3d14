package dev.sluice.networks.autoencoder;

import static dev.sluice.networks.layer.Layers.channels;
import static dev.sluice.networks.layer.Layers.conv2d;
import static dev.sluice.networks.layer.Layers.extent;
import static dev.sluice.networks.layer.Layers.linear;
import static dev.sluice.networks.layer.Layers.reshape;

import dev.sluice.networks.layer.Activation;
import dev.sluice.networks.layer.Attention;
import dev.sluice.networks.layer.Layers;
import dev.sluice.networks.layer.Scope;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The encoder and the decoder, of residual blocks without time embedding. */
record AutoencoderBlocks(AutoencoderConfig config) {

  /**
   * @param image {@code [batch, H, W, in channels]}
   * @param out channels of the last convolution
   * @return {@code [batch, h, w, out]}
   */
  Operand<TFloat32> encode(Scope scope, Operand<TFloat32> image, int out) {
    FeatureNorm norm = FeatureNorm.group(config.normGroups());
    int levels = config.blockOutChannels().size();
    Operand<TFloat32> x =
        conv2d(scope.in("conv_in"), image, config.blockOutChannels().get(0), 3, 1, 1);
    for (int level = 0; level < levels; level++) {
      Scope block = scope.in("down_blocks").in(level);
      boolean attention = isAttentionBlock(config.downBlockTypes().get(level), "EncoderBlock2D");
      int width = config.blockOutChannels().get(level);
      x = layers(block, x, width, config.layersPerBlock(), attention, norm);
      if (level < levels - 1) {
        x = conv2d(block.in("downsamplers.0.conv"), x, width, 3, 2, 0, 1, true);
      }
      block.tap(x);
    }
    x = middle(scope.in("mid_block"), x, norm);
    x = config.activation().apply(scope.tf(), norm.apply(scope.in("conv_norm_out"), x));
    return scope.tap(conv2d(scope.in("conv_out"), x, out, 3, 1, 1));
  }

  /**
   * @param latent {@code [batch, h, w, latent channels]}
   * @return {@code [batch, H, W, out channels]}
   */
  Operand<TFloat32> decode(Scope scope, Operand<TFloat32> latent, FeatureNorm norm) {
    int levels = config.blockOutChannels().size();
    Operand<TFloat32> x =
        conv2d(scope.in("conv_in"), latent, config.blockOutChannels().get(levels - 1), 3, 1, 1);
    x = middle(scope.in("mid_block"), x, norm);
    for (int level = 0; level < levels; level++) {
      Scope block = scope.in("up_blocks").in(level);
      boolean attention = isAttentionBlock(config.upBlockTypes().get(level), "DecoderBlock2D");
      int width = config.blockOutChannels().get(levels - 1 - level);
      x = layers(block, x, width, config.layersPerBlock() + 1, attention, norm);
      if (level < levels - 1) {
        x = Layers.upsampleNearest(scope.tf(), x, 2 * extent(x, 1), 2 * extent(x, 2));
        x = conv2d(block.in("upsamplers.0.conv"), x, width, 3, 1, 1);
      }
      block.tap(x);
    }
    x = config.activation().apply(scope.tf(), norm.apply(scope.in("conv_norm_out"), x));
    return scope.tap(conv2d(scope.in("conv_out"), x, config.outChannels(), 3, 1, 1));
  }

  private Operand<TFloat32> layers(
      Scope block, Operand<TFloat32> x, int width, int count, boolean attention, FeatureNorm norm) {
    for (int i = 0; i < count; i++) {
      x = residual(block.in("resnets").in(i), x, width, norm, config.activation());
      if (attention) {
        x = attention(block.in("attentions").in(i), x, norm);
      }
    }
    return x;
  }

  private Operand<TFloat32> middle(Scope scope, Operand<TFloat32> x, FeatureNorm norm) {
    int width = channels(x);
    x = residual(scope.in("resnets.0"), x, width, norm, config.activation());
    if (config.midAttention()) {
      x = attention(scope.in("attentions.0"), x, norm);
    }
    return scope.tap(residual(scope.in("resnets.1"), x, width, norm, config.activation()));
  }

  private static Operand<TFloat32> residual(
      Scope scope, Operand<TFloat32> x, int out, FeatureNorm norm, Activation activation) {
    Ops tf = scope.tf();
    Operand<TFloat32> h = activation.apply(tf, norm.apply(scope.in("norm1"), x));
    h = conv2d(scope.in("conv1"), h, out, 3, 1, 1);
    h = activation.apply(tf, norm.apply(scope.in("norm2"), h));
    h = conv2d(scope.in("conv2"), h, out, 3, 1, 1);
    Operand<TFloat32> shortcut =
        channels(x) == out ? x : conv2d(scope.in("conv_shortcut"), x, out, 1, 1, 0);
    return scope.tap(tf.math.add(shortcut, h));
  }

  /** Self-attention over all pixels with a single head. */
  private static Operand<TFloat32> attention(Scope scope, Operand<TFloat32> x, FeatureNorm norm) {
    Ops tf = scope.tf();
    int height = extent(x, 1);
    int width = extent(x, 2);
    int channels = channels(x);
    Operand<TFloat32> tokens =
        reshape(tf, norm.apply(scope.in(norm.attentionName()), x), -1, height * width, channels);
    Operand<TFloat32> mixed =
        Attention.attend(
            scope,
            linear(scope.in("to_q"), tokens, channels),
            linear(scope.in("to_k"), tokens, channels),
            linear(scope.in("to_v"), tokens, channels),
            1,
            null);
    Operand<TFloat32> out = linear(scope.in("to_out.0"), mixed, channels);
    return scope.tap(tf.math.add(x, reshape(tf, out, -1, height, width, channels)));
  }

  private static boolean isAttentionBlock(String type, String suffix) {
    if (type.equals("Attn" + (suffix.startsWith("E") ? "Down" : "Up") + suffix)) {
      return true;
    }
    if (type.equals((suffix.startsWith("E") ? "Down" : "Up") + suffix)) {
      return false;
    }
    throw new IllegalArgumentException("unknown autoencoder block type " + type);
  }
}
