package dev.sluice.networks.transformer;

import static dev.sluice.networks.layer.Layers.embedding;
import static dev.sluice.networks.layer.Layers.extent;
import static dev.sluice.networks.layer.Layers.linear;
import static dev.sluice.networks.layer.Layers.reshape;
import static dev.sluice.networks.layer.Norms.rmsNorm;

import dev.sluice.catalog.Config;
import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.layer.Attention;
import dev.sluice.networks.layer.CheckpointNames;
import dev.sluice.networks.layer.FirstValue;
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
 * T5's encoder (Raffel et al. 2020, section 2.1; the gated form of version 1.1: Shazeer 2020):
 * transformers' {@code T5EncoderModel}. No biases anywhere, and scores that are not scaled.
 *
 * <p>Inputs: {@code input_ids [batch, tokens]} and, optionally, {@code attention_mask [batch,
 * tokens]}, 1 for tokens to attend to. Output: {@code last_hidden_state [batch, tokens, width]}.
 */
public final class T5EncoderModel implements Architecture {

  private final T5Config config;

  public T5EncoderModel(Config config) {
    this.config = T5Config.of(config);
  }

  public T5Config config() {
    return config;
  }

  @Override
  public Map<String, Operand<TFloat32>> build(Scope root, Inputs inputs) {
    Ops tf = root.tf();
    Operand<TInt64> ids = inputs.longs(tf, "input_ids");
    Operand<TFloat32> x = embedding(root.in("shared"), ids, config.vocabulary(), config.width());
    Scope encoder = root.in("encoder");
    // The first block holds the table of distances for all.
    Operand<TFloat32> bias =
        distanceBias(
            encoder.in("block.0.layer.0.SelfAttention.relative_attention_bias"), extent(ids, 1));
    if (inputs.has("attention_mask")) {
      Operand<TFloat32> mask = inputs.floats(tf, "attention_mask");
      bias = tf.math.add(bias, ScoreBias.dropping(tf, mask, ScoreBias.LOWEST));
    }
    for (int i = 0; i < config.layers(); i++) {
      x = block(encoder.in("block").in(i), x, bias);
    }
    return Map.of(
        "last_hidden_state", rmsNorm(encoder.in("final_layer_norm"), x, config.epsilon()));
  }

  private Operand<TFloat32> block(Scope scope, Operand<TFloat32> x, Operand<TFloat32> bias) {
    Ops tf = scope.tf();
    Scope first = scope.in("layer.0");
    Operand<TFloat32> normal = rmsNorm(first.in("layer_norm"), x, config.epsilon());
    Operand<TFloat32> h = tf.math.add(x, attention(first.in("SelfAttention"), normal, bias));
    Scope second = scope.in("layer.1");
    normal = rmsNorm(second.in("layer_norm"), h, config.epsilon());
    return scope.tap(tf.math.add(h, feedForward(second.in("DenseReluDense"), normal)));
  }

  private Operand<TFloat32> attention(Scope scope, Operand<TFloat32> x, Operand<TFloat32> bias) {
    int inner = config.heads() * config.headSize();
    Operand<TFloat32> mixed =
        Attention.attend(
            scope,
            // Small, as the scores are not scaled: T5 begins with a spread of 1 / sqrt(d_model
            // d_kv).
            linear(scope.in("q"), x, inner, false, FirstValue.SMALL),
            linear(scope.in("k"), x, inner, false),
            linear(scope.in("v"), x, inner, false),
            config.heads(),
            1,
            bias);
    return linear(scope.in("o"), mixed, config.width(), false);
  }

  private Operand<TFloat32> feedForward(Scope scope, Operand<TFloat32> x) {
    Ops tf = scope.tf();
    Operand<TFloat32> inner;
    if (config.gated()) {
      Operand<TFloat32> gate = linear(scope.in("wi_0"), x, config.hidden(), false);
      inner =
          tf.math.mul(
              config.activation().apply(tf, gate),
              linear(scope.in("wi_1"), x, config.hidden(), false));
    } else {
      inner = config.activation().apply(tf, linear(scope.in("wi"), x, config.hidden(), false));
    }
    return linear(scope.in("wo"), inner, config.width(), false);
  }

  /**
   * What the distance between two tokens adds to their score, learned per bucket and head.
   *
   * @return {@code [1, heads, tokens, tokens]}
   */
  private Operand<TFloat32> distanceBias(Scope scope, int tokens) {
    Ops tf = scope.tf();
    long[] buckets = new long[tokens * tokens];
    for (int query = 0; query < tokens; query++) {
      for (int key = 0; key < tokens; key++) {
        buckets[query * tokens + key] = bucket(key - query);
      }
    }
    Operand<TFloat32> values =
        embedding(scope, tf.constant(buckets), config.buckets(), config.heads());
    return reshape(
        tf,
        tf.linalg.transpose(values, tf.constant(new int[] {1, 0})),
        1,
        config.heads(),
        tokens,
        tokens);
  }

  /**
   * The bucket of a distance: half of the buckets for each direction; of these, half for small
   * distances, one each, the others growing logarithmically. In float, as the reference rounds.
   */
  private int bucket(int distance) {
    int perDirection = config.buckets() / 2;
    int offset = distance > 0 ? perDirection : 0;
    int far = Math.abs(distance);
    int exact = perDirection / 2;
    if (far < exact) {
      return offset + far;
    }
    float octaves = (float) Math.log((float) far / exact);
    float range = (float) Math.log((double) config.maxDistance() / exact);
    int logarithmic = exact + (int) (octaves / range * (perDirection - exact));
    return offset + Math.min(logarithmic, perDirection - 1);
  }

  @Override
  public Map<String, HostTensor> exampleInputs() {
    return Map.of("input_ids", new HostTensor.Longs(new long[1], 1, 1));
  }

  @Override
  public CheckpointNames checkpointNames() {
    return StoredNames.INSTANCE;
  }

  /** The token table is stored as {@code shared}, as the encoder's own, or as both. */
  private enum StoredNames implements CheckpointNames {
    INSTANCE;

    private static final String TABLE = "shared.weight";
    private static final String ENCODER_TABLE = "encoder.embed_tokens.weight";

    @Override
    public List<String> candidates(String name) {
      return name.equals(TABLE) ? List.of(TABLE, ENCODER_TABLE) : List.of(name);
    }
  }
}
