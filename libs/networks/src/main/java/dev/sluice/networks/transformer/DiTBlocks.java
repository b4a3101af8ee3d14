package dev.sluice.networks.transformer;

import static dev.sluice.networks.layer.Layers.channels;
import static dev.sluice.networks.layer.Layers.chunk;
import static dev.sluice.networks.layer.Layers.concat;
import static dev.sluice.networks.layer.Layers.embedding;
import static dev.sluice.networks.layer.Layers.extent;
import static dev.sluice.networks.layer.Layers.linear;
import static dev.sluice.networks.layer.Layers.reshape;
import static dev.sluice.networks.layer.Norms.layerNorm;
import static dev.sluice.networks.layer.Norms.normalizeRows;

import dev.sluice.networks.block.FeedForward;
import dev.sluice.networks.block.TimestepEmbedding;
import dev.sluice.networks.layer.Activation;
import dev.sluice.networks.layer.Scope;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * The blocks of a diffusion transformer, by how they are told of timestep and class (Peebles and
 * Xie 2023, section 3.2, figure 3).
 */
abstract sealed class DiTBlocks {

  private static final double EPSILON = 1e-6;

  final DiTConfig config;
  final Scope root;

  private final Operand<TFloat32> sinusoids;
  private final Operand<TInt64> labels;

  private DiTBlocks(
      DiTConfig config, Scope root, Operand<TFloat32> sinusoids, Operand<TInt64> labels) {
    this.config = config;
    this.root = root;
    this.sinusoids = sinusoids;
    this.labels = labels;
  }

  /**
   * Those of a config.
   *
   * @param root where the transformer's weights are
   * @param sinusoids of the timesteps, {@code [batch, ...]}
   * @param labels of the classes, {@code [batch]}
   */
  static DiTBlocks of(
      DiTConfig config, Scope root, Operand<TFloat32> sinusoids, Operand<TInt64> labels) {
    return switch (config.conditioning()) {
      case ADA_LN_ZERO -> new Adaptive(config, root, sinusoids, labels, true);
      case ADA_LN -> new Adaptive(config, root, sinusoids, labels, false);
      case IN_CONTEXT -> new InContext(config, root, sinusoids, labels);
      case CROSS_ATTENTION -> new CrossAttending(config, root, sinusoids, labels);
    };
  }

  /** What the first block takes, of the picture's tokens {@code [batch, tokens, width]}. */
  Operand<TFloat32> enter(Operand<TFloat32> x) {
    return x;
  }

  /** One block. */
  abstract Operand<TFloat32> block(Scope scope, Operand<TFloat32> x);

  /** The picture's tokens after the last block, normed. */
  Operand<TFloat32> leave(Operand<TFloat32> x) {
    return layerNorm(root.in("norm_out"), x, EPSILON);
  }

  /** {@code [batch, width]}. */
  final Operand<TFloat32> time(Scope scope) {
    return TimestepEmbedding.apply(
        scope.in("timestep_embedder"), sinusoids, config.width(), Activation.SILU);
  }

  /** {@code [batch, width]}. */
  final Operand<TFloat32> label(Scope scope) {
    return embedding(
        scope.in("class_embedder.embedding_table"), labels, config.classes() + 1, config.width());
  }

  /** Timestep and class, {@code [batch, 2, width]}. */
  final Operand<TFloat32> told() {
    Ops tf = root.tf();
    Scope scope = root.in("condition");
    return concat(tf, 1, List.of(token(tf, time(scope)), token(tf, label(scope))));
  }

  private static Operand<TFloat32> token(Ops tf, Operand<TFloat32> vector) {
    return reshape(tf, vector, -1, 1, channels(vector));
  }

  final Operand<TFloat32> attended(Scope scope, Operand<TFloat32> x) {
    return SelfAttention.apply(scope.in("attn1"), x, config.heads(), config.attentionBias(), null);
  }

  final Operand<TFloat32> fed(Scope block, Operand<TFloat32> x) {
    Scope scope = block.in("ff");
    return config.feedForward().equals("geglu")
        ? FeedForward.geglu(scope, x)
        : FeedForward.plain(scope, x, Activation.named(config.feedForward()));
  }

  /** The first half of a block whose norms have weights of their own. */
  final Operand<TFloat32> plainlyAttended(Scope scope, Operand<TFloat32> x) {
    Operand<TFloat32> normal = layerNorm(scope.in("norm1"), x, config.epsilon());
    return scope.tf().math.add(x, attended(scope, normal));
  }

  /** The second. */
  final Operand<TFloat32> plainlyFed(Scope scope, Operand<TFloat32> x) {
    Operand<TFloat32> normal = layerNorm(scope.in("norm3"), x, config.epsilon());
    return scope.tap(scope.tf().math.add(x, fed(scope, normal)));
  }

  /** Norms whose scale and shift, and mostly gates of what follows them, say it. */
  private static final class Adaptive extends DiTBlocks {

    private final boolean gated;
    private Operand<TFloat32> first;

    Adaptive(
        DiTConfig config,
        Scope root,
        Operand<TFloat32> sinusoids,
        Operand<TInt64> labels,
        boolean gated) {
      super(config, root, sinusoids, labels);
      this.gated = gated;
    }

    @Override
    Operand<TFloat32> block(Scope scope, Operand<TFloat32> x) {
      Ops tf = scope.tf();
      Scope embedded = scope.in("norm1.emb");
      Operand<TFloat32> condition = embedded.tap(tf.math.add(time(embedded), label(embedded)));
      first = first == null ? condition : first;
      List<Operand<TFloat32>> m = modulation(scope.in("norm1.linear"), condition);
      int half = m.size() / 2;
      Operand<TFloat32> attended = attended(scope, AdaptiveNorm.apply(tf, x, m.get(1), m.get(0)));
      Operand<TFloat32> h = added(tf, x, m, 2, attended);
      Operand<TFloat32> normal =
          config.affine()
              ? layerNorm(scope.in("norm3"), h, config.epsilon())
              : normalizeRows(tf, h, config.epsilon());
      Operand<TFloat32> fed =
          fed(scope, AdaptiveNorm.modulate(tf, normal, m.get(half + 1), m.get(half)));
      return scope.tap(added(tf, h, m, half + 2, fed));
    }

    /** Shift, scale, and a gate if there are any; of the attention and of what follows it. */
    private List<Operand<TFloat32>> modulation(Scope scope, Operand<TFloat32> condition) {
      Ops tf = scope.tf();
      Operand<TFloat32> activated = Activation.SILU.apply(tf, condition);
      return gated
          ? AdaptiveNorm.modulation(scope, activated, 6, config.width())
          : chunk(tf, linear(scope, activated, 4 * config.width()), 4);
    }

    private Operand<TFloat32> added(
        Ops tf,
        Operand<TFloat32> x,
        List<Operand<TFloat32>> modulation,
        int gate,
        Operand<TFloat32> change) {
      return gated
          ? AdaptiveNorm.addGated(tf, x, modulation.get(gate), change)
          : tf.math.add(x, change);
    }

    /** Each block embeds timestep and class for itself; the end uses the first block's. */
    @Override
    Operand<TFloat32> leave(Operand<TFloat32> x) {
      Ops tf = root.tf();
      List<Operand<TFloat32>> shiftAndScale =
          AdaptiveNorm.modulation(
              root.in("proj_out_1"), Activation.SILU.apply(tf, first), 2, config.width());
      Operand<TFloat32> normal = root.in("norm_out").tap(normalizeRows(tf, x, EPSILON));
      return AdaptiveNorm.modulate(tf, normal, shiftAndScale.get(1), shiftAndScale.get(0));
    }
  }

  /** Blocks as a vision transformer has them, with two tokens more. */
  private static final class InContext extends DiTBlocks {

    private int tokens;

    InContext(DiTConfig config, Scope root, Operand<TFloat32> sinusoids, Operand<TInt64> labels) {
      super(config, root, sinusoids, labels);
    }

    @Override
    Operand<TFloat32> enter(Operand<TFloat32> x) {
      this.tokens = extent(x, 1);
      return concat(root.tf(), 1, List.of(x, told()));
    }

    @Override
    Operand<TFloat32> block(Scope scope, Operand<TFloat32> x) {
      return plainlyFed(scope, plainlyAttended(scope, x));
    }

    @Override
    Operand<TFloat32> leave(Operand<TFloat32> x) {
      Ops tf = root.tf();
      return super.leave(
          tf.slice(x, tf.constant(new int[] {0, 0, 0}), tf.constant(new int[] {-1, tokens, -1})));
    }
  }

  /** Blocks that attend to two tokens after they attended to themselves. */
  private static final class CrossAttending extends DiTBlocks {

    private Operand<TFloat32> told;

    CrossAttending(
        DiTConfig config, Scope root, Operand<TFloat32> sinusoids, Operand<TInt64> labels) {
      super(config, root, sinusoids, labels);
    }

    @Override
    Operand<TFloat32> enter(Operand<TFloat32> x) {
      told = told();
      return x;
    }

    @Override
    Operand<TFloat32> block(Scope scope, Operand<TFloat32> x) {
      Ops tf = scope.tf();
      Operand<TFloat32> h = plainlyAttended(scope, x);
      Operand<TFloat32> normal = layerNorm(scope.in("norm2"), h, config.epsilon());
      Operand<TFloat32> heard =
          SelfAttention.over(
              scope.in("attn2"), normal, told, config.heads(), config.attentionBias(), null);
      return plainlyFed(scope, tf.math.add(h, heard));
    }
  }
}
