package dev.sluice.networks.transformer;

import static dev.sluice.networks.layer.Layers.concat;
import static dev.sluice.networks.layer.Layers.extent;
import static dev.sluice.networks.layer.Layers.linear;
import static dev.sluice.networks.layer.Layers.reshape;
import static dev.sluice.networks.layer.Layers.timestepEmbedding;
import static dev.sluice.networks.layer.Norms.layerNorm;
import static dev.sluice.networks.layer.Norms.normalizeRows;
import static dev.sluice.networks.layer.Norms.rmsNorm;

import dev.sluice.catalog.Config;
import dev.sluice.catalog.cost.RowCost;
import dev.sluice.networks.block.FeedForward;
import dev.sluice.networks.block.TimestepEmbedding;
import dev.sluice.networks.layer.Activation;
import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.layer.Attention;
import dev.sluice.networks.layer.FirstValue;
import dev.sluice.networks.layer.Inputs;
import dev.sluice.networks.layer.Scope;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.tensor.Positions;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The multimodal diffusion transformer of Stable Diffusion 3 and 3.5 (Esser et al. 2024, section 4
 * and figure 2): the picture's and the text's tokens have weights of their own and attend to each
 * other. diffusers' {@code SD3Transformer2DModel}.
 *
 * <p>Inputs: {@code hidden_states [batch, channels, height, width]}, the latent; {@code
 * encoder_hidden_states [batch, tokens, width]} and {@code pooled_projections [batch, width]}, of
 * the text; {@code timestep [batch]}, from 0 to 1000. Output: {@code sample}, the predicted
 * velocity.
 */
public final class SD3Transformer2DModel implements Architecture {

  private static final int SINUSOIDS = 256;
  private static final double EPSILON = 1e-6;

  private final SD3Config config;

  /** The tokens of the picture and those of the text, each {@code [batch, tokens, width]}. */
  private record Streams(Operand<TFloat32> picture, Operand<TFloat32> text) {}

  public SD3Transformer2DModel(Config config) {
    this.config = SD3Config.of(config);
  }

  public SD3Config config() {
    return config;
  }

  /** Text and picture are one sequence; a token of the text is as much work as a patch. */
  @Override
  public long cost(Map<String, HostTensor> row) {
    return RowCost.ofJointSequence(
        Positions.ofLargest(row),
        config.patchSize(),
        Positions.tokens(row.get("encoder_hidden_states")));
  }

  @Override
  public Map<String, Operand<TFloat32>> build(Scope root, Inputs inputs) {
    Ops tf = root.tf();
    Operand<TFloat32> latent = inputs.image(tf, "hidden_states");
    Patches patches = Patches.of(latent, config.patchSize());
    // Every use of the condition begins with the activation.
    Operand<TFloat32> condition =
        Activation.SILU.apply(tf, condition(root.in("time_text_embed"), inputs));
    Streams streams =
        new Streams(
            embed(root.in("pos_embed"), latent, patches),
            linear(
                root.in("context_embedder"),
                inputs.floats(tf, "encoder_hidden_states"),
                config.width()));
    for (int i = 0; i < config.layers(); i++) {
      Scope scope = root.in("transformer_blocks").in(i);
      streams =
          config.attendsAcross()
              ? crossBlock(scope, streams, condition)
              : block(scope, streams, condition, i);
    }
    Operand<TFloat32> x = finalNorm(root.in("norm_out"), streams.picture(), condition);
    int pixels = config.patchSize() * config.patchSize();
    x = linear(root.in("proj_out").fromZero(), x, pixels * config.outChannels());
    return Map.of("sample", patches.join(tf, x, config.outChannels()));
  }

  private Operand<TFloat32> condition(Scope scope, Inputs inputs) {
    Ops tf = scope.tf();
    Operand<TFloat32> time =
        TimestepEmbedding.apply(
            scope.in("timestep_embedder"),
            timestepEmbedding(tf, inputs.floats(tf, "timestep"), SINUSOIDS, true, 0),
            config.width(),
            Activation.SILU);
    Operand<TFloat32> text =
        TimestepEmbedding.apply(
            scope.in("text_embedder"),
            inputs.floats(tf, "pooled_projections"),
            config.width(),
            Activation.SILU);
    return scope.tap(tf.math.add(time, text));
  }

  /** Patches with their positions: the middle of a square of stored ones. */
  private Operand<TFloat32> embed(Scope scope, Operand<TFloat32> latent, Patches patches) {
    Ops tf = scope.tf();
    int side = config.positionsPerSide();
    if (patches.height() > side || patches.width() > side) {
      throw new IllegalArgumentException(
          "hidden_states are %d x %d patches; this network has positions for at most %d x %d"
              .formatted(patches.height(), patches.width(), side, side));
    }
    int width = config.width();
    Operand<TFloat32> stored =
        reshape(
            tf,
            scope.weight("pos_embed", FirstValue.SMALL, 1, (long) side * side, width),
            1,
            side,
            side,
            width);
    int top = (side - patches.height()) / 2;
    int left = (side - patches.width()) / 2;
    Operand<TFloat32> middle =
        tf.slice(
            stored,
            tf.constant(new int[] {0, top, left, 0}),
            tf.constant(new int[] {1, patches.height(), patches.width(), width}));
    return scope.tap(
        tf.math.add(
            patches.embed(scope.in("proj"), latent, width),
            reshape(tf, middle, 1, patches.count(), width)));
  }

  /** The last block gives no text: nothing comes after it that would need one. */
  private Streams block(Scope scope, Streams streams, Operand<TFloat32> condition, int index) {
    Ops tf = scope.tf();
    int width = config.width();
    boolean last = index == config.layers() - 1;
    boolean dual = config.dualAttentionLayers().contains(index);
    Operand<TFloat32> picture = streams.picture();
    List<Operand<TFloat32>> m =
        AdaptiveNorm.modulation(scope.in("norm1.linear"), condition, dual ? 9 : 6, width);
    Operand<TFloat32> pictureNormal = normalizeRows(tf, picture, EPSILON);

    Operand<TFloat32> text = streams.text();
    List<Operand<TFloat32>> c = null;
    Operand<TFloat32> textNormal;
    if (last) {
      textNormal = finalNorm(scope.in("norm1_context"), text, condition);
    } else {
      c = AdaptiveNorm.modulation(scope.in("norm1_context.linear"), condition, 6, width);
      textNormal = AdaptiveNorm.apply(tf, text, c.get(1), c.get(0));
    }

    Streams attended =
        jointAttention(
            scope.in("attn"),
            new Streams(AdaptiveNorm.modulate(tf, pictureNormal, m.get(1), m.get(0)), textNormal),
            last);
    picture = AdaptiveNorm.addGated(tf, picture, m.get(2), attended.picture());
    if (dual) {
      Operand<TFloat32> again = AdaptiveNorm.modulate(tf, pictureNormal, m.get(7), m.get(6));
      Operand<TFloat32> second = attention(scope.in("attn2"), again, again);
      picture = AdaptiveNorm.addGated(tf, picture, m.get(8), second);
    }
    picture = feedForward(scope.in("ff"), picture, m);
    if (last) {
      return new Streams(picture, null);
    }
    text = AdaptiveNorm.addGated(tf, text, c.get(2), attended.text());
    return new Streams(picture, feedForward(scope.in("ff_context"), text, c));
  }

  /** A block of the paper's CrossDiT: the picture hears the text, which hears nothing. */
  private Streams crossBlock(Scope scope, Streams streams, Operand<TFloat32> condition) {
    Ops tf = scope.tf();
    List<Operand<TFloat32>> m =
        AdaptiveNorm.modulation(scope.in("norm1.linear"), condition, 6, config.width());
    Operand<TFloat32> picture = streams.picture();
    Operand<TFloat32> normal = AdaptiveNorm.apply(tf, picture, m.get(1), m.get(0));
    picture =
        AdaptiveNorm.addGated(tf, picture, m.get(2), attention(scope.in("attn"), normal, normal));
    normal = layerNorm(scope.in("norm2"), picture, EPSILON);
    picture = tf.math.add(picture, attention(scope.in("attn2"), normal, streams.text()));
    return new Streams(feedForward(scope.in("ff"), picture, m), streams.text());
  }

  /** Scaled and shifted by the fourth and fifth of {@code m}, gated by the sixth. */
  private static Operand<TFloat32> feedForward(
      Scope scope, Operand<TFloat32> x, List<Operand<TFloat32>> m) {
    Ops tf = scope.tf();
    Operand<TFloat32> normal = AdaptiveNorm.apply(tf, x, m.get(4), m.get(3));
    return AdaptiveNorm.addGated(
        tf, x, m.get(5), FeedForward.plain(scope, normal, Activation.GELU_TANH));
  }

  /** A norm that nothing but a layer follows: scale first, no gate. */
  private Operand<TFloat32> finalNorm(
      Scope scope, Operand<TFloat32> x, Operand<TFloat32> condition) {
    List<Operand<TFloat32>> scaleAndShift =
        AdaptiveNorm.modulation(scope.in("linear"), condition, 2, config.width());
    return scope.tap(AdaptiveNorm.apply(scope.tf(), x, scaleAndShift.get(0), scaleAndShift.get(1)));
  }

  /** Attention over the picture's tokens followed by the text's. */
  private Streams jointAttention(Scope scope, Streams streams, boolean last) {
    Ops tf = scope.tf();
    int pictureTokens = extent(streams.picture(), 1);
    int textTokens = extent(streams.text(), 1);
    Operand<TFloat32> query = project(scope, "to_q", "norm_q", streams.picture());
    Operand<TFloat32> key = project(scope, "to_k", "norm_k", streams.picture());
    Operand<TFloat32> value = linear(scope.in("to_v"), streams.picture(), config.width());
    Operand<TFloat32> textQuery = project(scope, "add_q_proj", "norm_added_q", streams.text());
    Operand<TFloat32> textKey = project(scope, "add_k_proj", "norm_added_k", streams.text());
    Operand<TFloat32> textValue = linear(scope.in("add_v_proj"), streams.text(), config.width());

    Operand<TFloat32> mixed =
        Attention.attend(
            scope,
            concat(tf, 1, List.of(query, textQuery)),
            concat(tf, 1, List.of(key, textKey)),
            concat(tf, 1, List.of(value, textValue)),
            config.heads(),
            null);
    Operand<TFloat32> picture =
        linear(scope.in("to_out.0"), tokens(tf, mixed, 0, pictureTokens), config.width());
    Operand<TFloat32> text =
        last
            ? null
            : linear(
                scope.in("to_add_out"),
                tokens(tf, mixed, pictureTokens, textTokens),
                config.width());
    return new Streams(picture, text);
  }

  /** Attention of tokens over others, or over themselves. */
  private Operand<TFloat32> attention(Scope scope, Operand<TFloat32> x, Operand<TFloat32> over) {
    Operand<TFloat32> mixed =
        Attention.attend(
            scope,
            project(scope, "to_q", "norm_q", x),
            project(scope, "to_k", "norm_k", over),
            linear(scope.in("to_v"), over, config.width()),
            config.heads(),
            null);
    return linear(scope.in("to_out.0"), mixed, config.width());
  }

  /** Queries or keys, normalised per head where the config says so. */
  private Operand<TFloat32> project(
      Scope scope, String projection, String norm, Operand<TFloat32> x) {
    Ops tf = scope.tf();
    Operand<TFloat32> projected = linear(scope.in(projection), x, config.width());
    if (!config.normalizesQueriesAndKeys()) {
      return projected;
    }
    int tokens = extent(x, 1);
    Operand<TFloat32> heads = reshape(tf, projected, -1, tokens, config.heads(), config.headSize());
    return reshape(tf, rmsNorm(scope.in(norm), heads, EPSILON), -1, tokens, config.width());
  }

  private static Operand<TFloat32> tokens(Ops tf, Operand<TFloat32> x, int start, int count) {
    return tf.slice(
        x, tf.constant(new int[] {0, start, 0}), tf.constant(new int[] {-1, count, -1}));
  }

  @Override
  public Map<String, HostTensor> exampleInputs() {
    int side = config.patchSize();
    return Map.of(
        "hidden_states",
        new HostTensor.Floats(
            new float[config.inChannels() * side * side], 1, config.inChannels(), side, side),
        "encoder_hidden_states",
        new HostTensor.Floats(new float[config.textWidth()], 1, 1, config.textWidth()),
        "pooled_projections",
        new HostTensor.Floats(new float[config.pooledWidth()], 1, config.pooledWidth()),
        "timestep",
        new HostTensor.Floats(new float[1], 1));
  }
}
