package dev.sluice.networks.autoencoder;

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
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * The vector-quantised autoencoder (van den Oord et al. 2017; Esser et al. 2021): diffusers' {@code
 * VQModel}, with {@code norm_type = spatial} the decoder of MoVQ (Zheng et al. 2022).
 *
 * <p>What it computes depends on what is given: {@code x [batch, channels, H, W]} gives {@code
 * latents}; {@code z [batch, d, h, w]} gives {@code quantized} (the nearest codebook entries) and
 * {@code indices [batch * h * w]}; {@code h [batch, d, h, w]} is quantised and decoded to {@code
 * sample}; {@code h_not_quantized} is decoded as it is to {@code sample_not_quantized}.
 */
public final class VqModel implements Architecture {

  private final AutoencoderBlocks blocks;
  private final int codebookSize;
  private final int codeSize;
  private final boolean spatialNorm;
  private final double scalingFactor;

  public VqModel(Config config) {
    AutoencoderConfig common = AutoencoderConfig.of(config, 3);
    this.blocks = new AutoencoderBlocks(common);
    this.codebookSize = config.count("num_vq_embeddings", 256);
    this.codeSize = config.count("vq_embed_dim", common.latentChannels());
    this.spatialNorm = config.string("norm_type", "group").equals("spatial");
    this.scalingFactor = config.number("scaling_factor", 0.18215);
  }

  /** The denoiser's latent is {@code z * scalingFactor}, in pipelines that scale it. */
  public double scalingFactor() {
    return scalingFactor;
  }

  /** Picture pixels per latent pixel and side. */
  public int downscale() {
    return blocks.config().downscale();
  }

  /** Channels of the latent. */
  public int latentChannels() {
    return codeSize;
  }

  @Override
  public Map<String, Operand<TFloat32>> build(Scope root, Inputs inputs) {
    Ops tf = root.tf();
    Map<String, Operand<TFloat32>> outputs = new LinkedHashMap<>();
    if (inputs.has("x")) {
      int latent = blocks.config().latentChannels();
      Operand<TFloat32> h = blocks.encode(root.in("encoder"), inputs.image(tf, "x"), latent);
      outputs.put(
          "latents", toChannelsFirst(tf, conv2d(root.in("quant_conv"), h, codeSize, 1, 1, 0)));
    }
    if (inputs.has("z")) {
      Operand<TFloat32> z = inputs.image(tf, "z");
      Operand<TInt64> indices = codebook(root).nearest(z);
      outputs.put("quantized", toChannelsFirst(tf, codebook(root).lookup(indices, z)));
      outputs.put("indices", tf.dtypes.cast(indices, TFloat32.class));
    }
    if (inputs.has("h")) {
      Operand<TFloat32> h = inputs.image(tf, "h");
      Codebook codebook = codebook(root);
      outputs.put("sample", decode(root, codebook.lookup(codebook.nearest(h), h)));
    }
    if (inputs.has("h_not_quantized")) {
      outputs.put("sample_not_quantized", decode(root, inputs.image(tf, "h_not_quantized")));
    }
    if (outputs.isEmpty()) {
      throw new IllegalArgumentException(
          "VQModel needs x (to encode), z (to quantise), h or h_not_quantized (to decode)");
    }
    return outputs;
  }

  private Codebook codebook(Scope root) {
    return new Codebook(root.in("quantize"), codebookSize, codeSize);
  }

  private Operand<TFloat32> decode(Scope root, Operand<TFloat32> latent) {
    Operand<TFloat32> z =
        conv2d(root.in("post_quant_conv"), latent, blocks.config().latentChannels(), 1, 1, 0);
    FeatureNorm norm =
        spatialNorm ? FeatureNorm.spatial(latent) : FeatureNorm.group(blocks.config().normGroups());
    return toChannelsFirst(root.tf(), blocks.decode(root.in("decoder"), z, norm));
  }

  @Override
  public Map<String, HostTensor> exampleInputs() {
    int side = 2 * downscale();
    int in = blocks.config().inChannels();
    return Map.of(
        "x", new HostTensor.Floats(new float[in * side * side], 1, in, side, side),
        "h", new HostTensor.Floats(new float[codeSize * 4], 1, codeSize, 2, 2));
  }

  @Override
  public CheckpointNames checkpointNames() {
    return LegacyAttentionNames.INSTANCE;
  }
}
