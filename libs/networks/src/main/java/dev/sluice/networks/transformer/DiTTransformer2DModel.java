package dev.sluice.networks.transformer;

import static dev.sluice.networks.layer.Layers.embedding;
import static dev.sluice.networks.layer.Layers.linear;
import static dev.sluice.networks.layer.Layers.reshape;
import static dev.sluice.networks.layer.Layers.timestepEmbedding;
import static dev.sluice.networks.layer.Norms.layerNorm;
import static dev.sluice.networks.layer.Norms.normalizeRows;

import dev.sluice.catalog.Config;
import dev.sluice.networks.block.FeedForward;
import dev.sluice.networks.block.TimestepEmbedding;
import dev.sluice.networks.layer.Activation;
import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.layer.Inputs;
import dev.sluice.networks.layer.Scope;
import dev.sluice.networks.tensor.HostTensor;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * The diffusion transformer with adaLN-Zero blocks (Peebles and Xie 2023, section 3.2): diffusers'
 * {@code DiTTransformer2DModel}, and {@code Transformer2DModel} with {@code ada_norm_zero}.
 *
 * <p>Inputs: {@code hidden_states [batch, channels, height, width]}, of any size that divides into
 * patches; {@code timestep [batch]}; {@code class_labels [batch]}, where the number of classes
 * stands for no class. Output: {@code sample}, the prediction.
 */
public final class DiTTransformer2DModel implements Architecture {

  private static final int SINUSOIDS = 256;
  private static final double EPSILON = 1e-6;

  private final DiTConfig config;

  private DiTTransformer2DModel(DiTConfig config) {
    this.config = config;
  }

  public DiTTransformer2DModel(Config config) {
    this(DiTConfig.of(config));
  }

  /** A DiT as {@code Transformer2DModel}, whose defaults differ. */
  public static DiTTransformer2DModel ofTransformer2D(Config config) {
    return new DiTTransformer2DModel(DiTConfig.ofTransformer2D(config));
  }

  public DiTConfig config() {
    return config;
  }

  @Override
  public Map<String, Operand<TFloat32>> build(Scope root, Inputs inputs) {
    Ops tf = root.tf();
    Operand<TFloat32> picture = inputs.image(tf, "hidden_states");
    Operand<TInt64> labels = inputs.longs(tf, "class_labels");
    Operand<TFloat32> sinusoids =
        timestepEmbedding(tf, inputs.floats(tf, "timestep"), SINUSOIDS, true, 1);
    Patches patches = Patches.of(picture, config.patchSize());

    Scope position = root.in("pos_embed");
    Operand<TFloat32> x =
        position.tap(
            tf.math.add(
                patches.embed(position.in("proj"), picture, config.width()),
                positions(tf, patches)));
    Operand<TFloat32> firstCondition = null;
    for (int i = 0; i < config.layers(); i++) {
      Scope scope = root.in("transformer_blocks").in(i);
      Operand<TFloat32> condition = condition(scope.in("norm1.emb"), sinusoids, labels);
      firstCondition = firstCondition == null ? condition : firstCondition;
      x = block(scope, x, condition);
    }

    // Each block embeds timestep and class for itself; the end uses the first block's.
    List<Operand<TFloat32>> shiftAndScale =
        AdaptiveNorm.modulation(
            root.in("proj_out_1"), Activation.SILU.apply(tf, firstCondition), 2, config.width());
    Operand<TFloat32> normal = root.in("norm_out").tap(normalizeRows(tf, x, EPSILON));
    x = AdaptiveNorm.modulate(tf, normal, shiftAndScale.get(1), shiftAndScale.get(0));
    int pixels = config.patchSize() * config.patchSize();
    x = linear(root.in("proj_out_2").fromZero(), x, pixels * config.outChannels());
    return Map.of("sample", patches.join(tf, x, config.outChannels()));
  }

  private Operand<TFloat32> condition(
      Scope scope, Operand<TFloat32> sinusoids, Operand<TInt64> labels) {
    Operand<TFloat32> time =
        TimestepEmbedding.apply(
            scope.in("timestep_embedder"), sinusoids, config.width(), Activation.SILU);
    Operand<TFloat32> label =
        embedding(
            scope.in("class_embedder.embedding_table"),
            labels,
            config.classes() + 1,
            config.width());
    return scope.tap(scope.tf().math.add(time, label));
  }

  private Operand<TFloat32> block(Scope scope, Operand<TFloat32> x, Operand<TFloat32> condition) {
    Ops tf = scope.tf();
    List<Operand<TFloat32>> m =
        AdaptiveNorm.modulation(
            scope.in("norm1.linear"), Activation.SILU.apply(tf, condition), 6, config.width());
    Operand<TFloat32> shift = m.get(0);
    Operand<TFloat32> scale = m.get(1);
    Operand<TFloat32> gate = m.get(2);
    Operand<TFloat32> attended =
        SelfAttention.apply(
            scope.in("attn1"),
            AdaptiveNorm.apply(tf, x, scale, shift),
            config.heads(),
            config.attentionBias(),
            null);
    Operand<TFloat32> h = AdaptiveNorm.addGated(tf, x, gate, attended);

    shift = m.get(3);
    scale = m.get(4);
    gate = m.get(5);
    Operand<TFloat32> normal =
        config.affine()
            ? layerNorm(scope.in("norm3"), h, config.epsilon())
            : normalizeRows(tf, h, config.epsilon());
    Operand<TFloat32> fed =
        feedForward(scope.in("ff"), AdaptiveNorm.modulate(tf, normal, scale, shift));
    return scope.tap(AdaptiveNorm.addGated(tf, h, gate, fed));
  }

  private Operand<TFloat32> feedForward(Scope scope, Operand<TFloat32> x) {
    return config.feedForward().equals("geglu")
        ? FeedForward.geglu(scope, x)
        : FeedForward.plain(scope, x, Activation.named(config.feedForward()));
  }

  /** {@code [1, patches, width]}. */
  private Operand<TFloat32> positions(Ops tf, Patches patches) {
    int base = config.sampleSize() / config.patchSize();
    float[] values =
        SinusoidalPositions.of(
            patches.height(), patches.width(), config.width(), base, config.positionScale());
    return reshape(tf, tf.constant(values), 1, patches.count(), config.width());
  }

  @Override
  public Map<String, HostTensor> exampleInputs() {
    int side = config.patchSize();
    return Map.of(
        "hidden_states",
        new HostTensor.Floats(
            new float[config.inChannels() * side * side], 1, config.inChannels(), side, side),
        "timestep",
        new HostTensor.Longs(new long[1], 1),
        "class_labels",
        new HostTensor.Longs(new long[1], 1));
  }
}
