package dev.sluice.networks.autoencoder;

import static dev.sluice.networks.layer.Layers.concat;
import static dev.sluice.networks.layer.Layers.conv2d;
import static dev.sluice.networks.layer.Layers.extent;
import static dev.sluice.networks.layer.Layers.reshape;
import static dev.sluice.networks.layer.Layers.toChannelsFirst;
import static dev.sluice.networks.layer.Layers.upsampleNearest;

import dev.sluice.catalog.Config;
import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.layer.Inputs;
import dev.sluice.networks.layer.Scope;
import dev.sluice.networks.tensor.HostTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.DepthToSpace;
import org.tensorflow.op.nn.SpaceToDepth;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * VQ-VAE-2 (Razavi et al. 2019, algorithm 1), of two levels: the top one encodes what the bottom
 * one has encoded, at half its resolution; the bottom one's codes are chosen knowing the top one's;
 * the decoder sees both.
 *
 * <p>What it computes depends on what is given. {@code x [batch, channels, H, W]} gives, of each
 * level, {@code top} and {@code bottom}: {@code NAME_encoded [batch, d, h, w]}, {@code
 * NAME_quantized}, the nearest entries of the level's codebook, through which gradients go as if
 * they were what was encoded (van den Oord et al. 2017, section 3.2, "straight-through"), and
 * {@code NAME_codes [batch, 1, h, w]}, the indices of those. {@code top_quantized} and {@code
 * bottom_quantized} are decoded to {@code sample}; so are {@code codes [batch, 2, h, w]} of the
 * bottom's resolution, of which the first channel is the top's, each over its four of the bottom. A
 * negative code is none: its place is left empty, which shows a picture under way.
 *
 * <p>No published checkpoint has this class.
 */
public final class VqVae2Model implements Architecture {

  /** Channels of {@code codes}: the top's and the bottom's. */
  public static final int LEVELS = 2;

  private static final String TOP = "top";
  private static final String BOTTOM = "bottom";

  private final AutoencoderBlocks blocks;
  private final AutoencoderBlocks between;
  private final int patch;
  private final int hidden;
  private final int entries;
  private final int codeSize;

  public VqVae2Model(Config config) {
    this.patch = config.count("patch_size", 1);
    int area = patch * patch;
    this.entries = config.count("num_vq_embeddings", 512);
    this.codeSize = config.count("vq_embed_dim", 64);
    AutoencoderConfig given = AutoencoderConfig.of(config, codeSize);
    this.blocks =
        new AutoencoderBlocks(
            given.ofChannels(given.inChannels() * area, given.outChannels() * area));
    List<Integer> widths = given.blockOutChannels();
    this.hidden = widths.get(widths.size() - 1);
    this.between =
        new AutoencoderBlocks(given.halving(hidden, config.count("top_channels", hidden)));
  }

  /** Pixels along the side of what a code of the bottom stands for. */
  public int downscale() {
    return patch * blocks.config().downscale();
  }

  /** Entries of each level's codebook. */
  public int entries() {
    return entries;
  }

  /** Width of an entry. */
  public int codeSize() {
    return codeSize;
  }

  /** The weight that a level's codebook is, {@code [entries, width]}. */
  public static String codebook(String level) {
    return "quantize_" + level + ".embedding.weight";
  }

  /** The levels, the coarse one first. */
  public static List<String> levels() {
    return List.of(TOP, BOTTOM);
  }

  @Override
  public Map<String, Operand<TFloat32>> build(Scope root, Inputs inputs) {
    Ops tf = root.tf();
    Map<String, Operand<TFloat32>> outputs = new LinkedHashMap<>();
    if (inputs.has("x")) {
      encode(root, inputs.image(tf, "x"), outputs);
    }
    if (inputs.has("top_quantized")) {
      outputs.put(
          "sample",
          decode(root, inputs.image(tf, "top_quantized"), inputs.image(tf, "bottom_quantized")));
    }
    if (inputs.has("codes")) {
      List<Operand<TFloat32>> levels =
          tf.split(tf.constant(1), inputs.floats(tf, "codes"), (long) LEVELS).output().stream()
              .map(level -> (Operand<TFloat32>) level)
              .toList();
      outputs.put(
          "sample",
          decode(root, entries(root, TOP, levels.get(0)), entries(root, BOTTOM, levels.get(1))));
    }
    if (outputs.isEmpty()) {
      throw new IllegalArgumentException(
          "VQVAE2Model needs x (to encode), top_quantized and bottom_quantized or codes (to"
              + " decode)");
    }
    return outputs;
  }

  private void encode(
      Scope root, Operand<TFloat32> picture, Map<String, Operand<TFloat32>> outputs) {
    Ops tf = root.tf();
    Operand<TFloat32> x =
        patch == 1
            ? picture
            : tf.nn.spaceToDepth(picture, (long) patch, SpaceToDepth.dataFormat("NHWC"));
    Operand<TFloat32> fine = blocks.encode(root.in("encoder"), x, hidden);
    Operand<TFloat32> coarse = between.encode(root.in("top_encoder"), fine, codeSize);
    Operand<TFloat32> top = quantized(root, TOP, coarse, outputs);
    Operand<TFloat32> known =
        between.decode(
            root.in("top_decoder"), top, FeatureNorm.group(between.config().normGroups()));
    quantized(
        root,
        BOTTOM,
        conv2d(root.in("quant_conv"), concat(tf, 3, List.of(fine, known)), codeSize, 1, 1, 0),
        outputs);
  }

  private Operand<TFloat32> quantized(
      Scope root, String level, Operand<TFloat32> encoded, Map<String, Operand<TFloat32>> outputs) {
    Ops tf = root.tf();
    Codebook codebook = codebook(root, level);
    Operand<TInt64> codes = codebook.nearest(encoded);
    Operand<TFloat32> entries = codebook.lookup(codes, encoded);
    Operand<TFloat32> quantized =
        tf.math.add(encoded, tf.stopGradient(tf.math.sub(entries, encoded)));
    outputs.put(level + "_encoded", toChannelsFirst(tf, encoded));
    outputs.put(level + "_quantized", toChannelsFirst(tf, quantized));
    outputs.put(
        level + "_codes",
        reshape(
            tf,
            tf.dtypes.cast(codes, TFloat32.class),
            -1,
            1,
            extent(encoded, 1),
            extent(encoded, 2)));
    return quantized;
  }

  /** Entries of codes {@code [batch, 1, h, w]}, and zeros where there is none. */
  private Operand<TFloat32> entries(Scope root, String level, Operand<TFloat32> codes) {
    Ops tf = root.tf();
    Operand<TFloat32> flat = reshape(tf, codes, -1, extent(codes, 2), extent(codes, 3));
    Operand<TFloat32> there =
        tf.dtypes.cast(tf.math.greaterEqual(flat, tf.constant(0f)), TFloat32.class);
    Operand<TInt64> index =
        tf.dtypes.cast(
            tf.clipByValue(flat, tf.constant(0f), tf.constant((float) (entries - 1))),
            TInt64.class);
    return tf.math.mul(codebook(root, level).entry(index), tf.expandDims(there, tf.constant(3)));
  }

  private Codebook codebook(Scope root, String level) {
    return new Codebook(root.in("quantize_" + level), entries, codeSize);
  }

  /** The top one may be of either resolution. */
  private Operand<TFloat32> decode(Scope root, Operand<TFloat32> top, Operand<TFloat32> bottom) {
    Ops tf = root.tf();
    int height = extent(bottom, 1);
    int width = extent(bottom, 2);
    Operand<TFloat32> over =
        extent(top, 1) == height ? top : upsampleNearest(tf, top, height, width);
    Operand<TFloat32> x =
        blocks.decode(
            root.in("decoder"),
            concat(tf, 3, List.of(bottom, over)),
            FeatureNorm.group(blocks.config().normGroups()));
    return toChannelsFirst(
        tf, patch == 1 ? x : tf.nn.depthToSpace(x, (long) patch, DepthToSpace.dataFormat("NHWC")));
  }

  @Override
  public Map<String, HostTensor> exampleInputs() {
    int in = blocks.config().inChannels() / (patch * patch);
    int side = 2 * downscale();
    return Map.of(
        "x", new HostTensor.Floats(new float[in * side * side], 1, in, side, side),
        "codes", new HostTensor.Floats(new float[LEVELS * 4], 1, LEVELS, 2, 2));
  }
}
