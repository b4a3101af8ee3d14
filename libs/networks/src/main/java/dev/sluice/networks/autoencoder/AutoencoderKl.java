package dev.sluice.networks.autoencoder;

import static dev.sluice.networks.layer.Layers.chunk;
import static dev.sluice.networks.layer.Layers.conv2d;
import static dev.sluice.networks.layer.Layers.toChannelsFirst;

import dev.sluice.catalog.Config;
import dev.sluice.networks.block.LegacyAttentionNames;
import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.layer.CheckpointNames;
import dev.sluice.networks.layer.Inputs;
import dev.sluice.networks.layer.Scope;
import dev.sluice.networks.tensor.HostTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The Gaussian autoencoder of latent diffusion (Rombach et al. 2022, section 3.1): diffusers'
 * {@code AutoencoderKL}.
 *
 * <p>Given {@code x [batch, channels, H, W]} it encodes: {@code mean}, {@code logvar} and {@code
 * std} of the latent. Given {@code z [batch, latent channels, h, w]} it decodes: {@code sample}.
 * Latents are unscaled here; see {@link #scalingFactor} and {@link #shiftFactor}.
 */
public final class AutoencoderKl implements Architecture {

  private final AutoencoderBlocks blocks;
  private final boolean quantConv;
  private final boolean postQuantConv;
  private final double scalingFactor;
  private final double shiftFactor;

  public AutoencoderKl(Config config) {
    this.blocks = new AutoencoderBlocks(AutoencoderConfig.of(config, 4));
    this.quantConv = config.bool("use_quant_conv", true);
    this.postQuantConv = config.bool("use_post_quant_conv", true);
    this.scalingFactor = config.number("scaling_factor", 0.18215);
    this.shiftFactor = config.number("shift_factor", 0);
    if (scalingFactor == 0) {
      throw new IllegalArgumentException(
          "scaling_factor is 0; expected what latents are to be divided by");
    }
  }

  /** The denoiser's latent is {@code (z - shiftFactor) * scalingFactor}. */
  public double scalingFactor() {
    return scalingFactor;
  }

  /** See {@link #scalingFactor}. */
  public double shiftFactor() {
    return shiftFactor;
  }

  /** Picture pixels per latent pixel and side. */
  public int downscale() {
    return blocks.config().downscale();
  }

  /** Channels of the latent. */
  public int latentChannels() {
    return blocks.config().latentChannels();
  }

  @Override
  public Map<String, Operand<TFloat32>> build(Scope root, Inputs inputs) {
    Map<String, Operand<TFloat32>> outputs = new LinkedHashMap<>();
    if (inputs.has("x")) {
      outputs.putAll(encode(root, inputs.image(root.tf(), "x")));
    }
    if (inputs.has("z")) {
      outputs.put("sample", decode(root, inputs.image(root.tf(), "z")));
    }
    if (outputs.isEmpty()) {
      throw new IllegalArgumentException("AutoencoderKL needs x (to encode) or z (to decode)");
    }
    return outputs;
  }

  private Map<String, Operand<TFloat32>> encode(Scope root, Operand<TFloat32> image) {
    Ops tf = root.tf();
    int moments = 2 * blocks.config().latentChannels();
    Operand<TFloat32> h = blocks.encode(root.in("encoder"), image, moments);
    if (quantConv) {
      h = conv2d(root.in("quant_conv"), h, moments, 1, 1, 0);
    }
    List<Operand<TFloat32>> halves = chunk(tf, h, 2);
    Operand<TFloat32> logVariance =
        tf.clipByValue(halves.get(1), tf.constant(-30f), tf.constant(20f));
    Operand<TFloat32> deviation = tf.math.exp(tf.math.mul(logVariance, tf.constant(0.5f)));
    return Map.of(
        "mean", toChannelsFirst(tf, halves.get(0)),
        "logvar", toChannelsFirst(tf, logVariance),
        "std", toChannelsFirst(tf, deviation));
  }

  private Operand<TFloat32> decode(Scope root, Operand<TFloat32> latent) {
    Operand<TFloat32> z =
        postQuantConv
            ? conv2d(root.in("post_quant_conv"), latent, blocks.config().latentChannels(), 1, 1, 0)
            : latent;
    FeatureNorm norm = FeatureNorm.group(blocks.config().normGroups());
    return toChannelsFirst(root.tf(), blocks.decode(root.in("decoder"), z, norm));
  }

  @Override
  public Map<String, HostTensor> exampleInputs() {
    int side = 2 * downscale();
    int in = blocks.config().inChannels();
    int latent = latentChannels();
    return Map.of(
        "x", new HostTensor.Floats(new float[in * side * side], 1, in, side, side),
        "z", new HostTensor.Floats(new float[latent * 4], 1, latent, 2, 2));
  }

  @Override
  public CheckpointNames checkpointNames() {
    return LegacyAttentionNames.INSTANCE;
  }
}
