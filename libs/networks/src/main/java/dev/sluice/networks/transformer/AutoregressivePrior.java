package dev.sluice.networks.transformer;

import static dev.sluice.networks.layer.Layers.concat;
import static dev.sluice.networks.layer.Layers.embedding;
import static dev.sluice.networks.layer.Layers.extent;
import static dev.sluice.networks.layer.Layers.linear;
import static dev.sluice.networks.layer.Layers.reshape;
import static dev.sluice.networks.layer.Norms.layerNorm;

import dev.sluice.catalog.Config;
import dev.sluice.catalog.cost.RowCost;
import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.layer.FirstValue;
import dev.sluice.networks.layer.Inputs;
import dev.sluice.networks.layer.Scope;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.tensor.Positions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.BatchMatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * unCLIP's autoregressive prior (Ramesh et al. 2022, section 2.2): the picture embedding's largest
 * principal components, each put into one of some buckets, are predicted one after the other by a
 * causal transformer over the text's tokens, the text embedding, and the bucket of the dot product
 * of text and picture embedding.
 *
 * <p>Inputs: {@code encoder_hidden_states [batch, tokens, c]} of the text with its {@code
 * attention_mask [batch, tokens]}, {@code proj_embedding [batch, d]} of the text, {@code similarity
 * [batch]}, and {@code codes [batch, codes]}, of which each is looked at only by those after it.
 * Output: {@code logits [batch, codes, buckets]}; given {@code position [batch]} as well, those of
 * that code only, {@code [batch, buckets]}.
 *
 * <p>Given {@code finished_codes [batch, codes]}, the output {@code image_embeds [batch, d]} is the
 * embedding that they stand for: each component in the middle of its bucket.
 *
 * <p>No published checkpoint has this class. Beside the transformer's weights there are {@code
 * clip_mean [1, d]}, {@code components.weight [codes, d]}, unit vectors in rows, and {@code
 * code_low [1, codes]} and {@code code_high}, the ends of the buckets, which are equally wide.
 */
public final class AutoregressivePrior implements Architecture {

  private static final double EPSILON = SelfAttentionBlock.EPSILON;
  private static final float DROPPED = -10000f;

  private final AutoregressivePriorConfig config;

  public AutoregressivePrior(Config config) {
    this.config = AutoregressivePriorConfig.of(config);
  }

  public AutoregressivePriorConfig config() {
    return config;
  }

  /** The tokens of the text and the codes. */
  @Override
  public long cost(Map<String, HostTensor> row) {
    return RowCost.ofCodes(
        Positions.tokens(row.get("encoder_hidden_states")), Positions.tokens(row.get("codes")));
  }

  @Override
  public Map<String, Operand<TFloat32>> build(Scope root, Inputs inputs) {
    Map<String, Operand<TFloat32>> outputs = new LinkedHashMap<>();
    if (inputs.has("finished_codes")) {
      outputs.put("image_embeds", decode(root, inputs));
    }
    if (inputs.has("codes")) {
      Operand<TFloat32> all = predict(root, inputs);
      outputs.put("logits", inputs.has("position") ? chosen(root.tf(), all, inputs) : all);
    }
    if (outputs.isEmpty()) {
      throw new IllegalArgumentException(
          "AutoregressivePrior needs codes (to predict) or finished_codes (to bring back)");
    }
    return outputs;
  }

  private Operand<TFloat32> decode(Scope root, Inputs inputs) {
    Ops tf = root.tf();
    Operand<TFloat32> codes = inputs.vectors(tf, "finished_codes", config.codes());
    Operand<TFloat32> low = root.weight("code_low", FirstValue.ZERO, 1, config.codes());
    Operand<TFloat32> high = root.weight("code_high", FirstValue.ONE, 1, config.codes());
    Operand<TFloat32> bucket =
        tf.math.div(tf.math.sub(high, low), tf.constant((float) config.buckets()));
    Operand<TFloat32> values =
        tf.math.add(low, tf.math.mul(tf.math.add(codes, tf.constant(0.5f)), bucket));
    Operand<TFloat32> components =
        root.in("components")
            .weight("weight", FirstValue.FAN_IN, config.codes(), config.embedding());
    return tf.math.add(
        tf.linalg.matMul(values, components),
        root.weight("clip_mean", FirstValue.ZERO, 1, config.embedding()));
  }

  private Operand<TFloat32> predict(Scope root, Inputs inputs) {
    Ops tf = root.tf();
    Operand<TFloat32> x = tokens(root, inputs);
    int count = extent(x, 1);
    Operand<TFloat32> mask = inputs.vectors(tf, "attention_mask", config.textTokens());
    Operand<TFloat32> dropped =
        tf.pad(
            ScoreBias.dropping(tf, mask, DROPPED),
            tf.constant(new int[][] {{0, 0}, {0, 0}, {0, 0}, {0, count - config.textTokens()}}),
            tf.constant(0f));
    Operand<TFloat32> bias = tf.math.add(dropped, ScoreBias.causal(tf, count, DROPPED));
    for (int i = 0; i < config.layers(); i++) {
      x = SelfAttentionBlock.apply(root.in("transformer_blocks").in(i), x, config.heads(), bias);
    }
    // Each code is read from the token before it: the first one from that of the dot product.
    int first = config.textTokens() + 1;
    Operand<TFloat32> before =
        tf.slice(
            layerNorm(root.in("norm_out"), x, EPSILON),
            tf.constant(new int[] {0, first, 0}),
            tf.constant(new int[] {-1, config.codes(), -1}));
    return logits(root.in("to_logits"), before);
  }

  /** What a bucket means differs from code to code, so each has a layer of its own. */
  private Operand<TFloat32> logits(Scope scope, Operand<TFloat32> x) {
    Ops tf = scope.tf();
    int[] swap = {1, 0, 2};
    Operand<TFloat32> weight =
        scope.weight("weight", FirstValue.FAN_IN, config.codes(), config.buckets(), config.width());
    // The gradient of a batched product does not take a variable itself.
    Operand<TFloat32> layers = tf.identity(weight);
    Operand<TFloat32> byCode =
        tf.train.batchMatMul(
            tf.linalg.transpose(x, tf.constant(swap)),
            layers,
            TFloat32.class,
            BatchMatMul.adjY(true));
    return tf.math.add(
        tf.linalg.transpose(byCode, tf.constant(swap)),
        scope.weight("bias", FirstValue.ZERO, config.codes(), config.buckets()));
  }

  private Operand<TFloat32> chosen(Ops tf, Operand<TFloat32> logits, Inputs inputs) {
    Operand<TFloat32> where =
        tf.oneHot(
            inputs.longs(tf, "position"),
            tf.constant(config.codes()),
            tf.constant(1f),
            tf.constant(0f));
    return tf.reduceSum(
        tf.math.mul(logits, reshape(tf, where, -1, config.codes(), 1)), tf.constant(1));
  }

  /** {@code [batch, places, width]}. */
  private Operand<TFloat32> tokens(Scope root, Inputs inputs) {
    Ops tf = root.tf();
    int width = config.width();
    Operand<TFloat32> states = inputs.vectors(tf, "encoder_hidden_states", config.textWidth());
    if (extent(states, 1) != config.textTokens()) {
      throw new IllegalArgumentException(
          "encoder_hidden_states has %d tokens; this prior takes %d"
              .formatted(extent(states, 1), config.textTokens()));
    }
    Operand<TFloat32> text = linear(root.in("encoder_hidden_states_proj"), states, width);
    Operand<TFloat32> textEmbedding =
        linear(
            root.in("embedding_proj"),
            inputs.vectors(tf, "proj_embedding", config.embedding()),
            width);
    Operand<TFloat32> similarity =
        embedding(
            root.in("similarity_embedding"),
            inputs.longs(tf, "similarity"),
            config.similarities(),
            width);
    Operand<TFloat32> all =
        concat(
            tf,
            1,
            List.of(
                text,
                reshape(tf, textEmbedding, -1, 1, width),
                reshape(tf, similarity, -1, 1, width),
                codes(root, inputs)));
    return tf.math.add(
        all, root.weight("positional_embedding", FirstValue.SMALL, 1, config.places(), width));
  }

  /** All codes but the last, which no code comes after; each from a table of its own. */
  private Operand<TFloat32> codes(Scope root, Inputs inputs) {
    Ops tf = root.tf();
    int seen = config.codes() - 1;
    long[] tables = new long[seen];
    for (int i = 0; i < seen; i++) {
      tables[i] = (long) i * config.buckets();
    }
    Operand<TInt64> codes =
        tf.slice(
            inputs.longs(tf, "codes"),
            tf.constant(new int[] {0, 0}),
            tf.constant(new int[] {-1, seen}));
    return embedding(
        root.in("code_embedding"),
        tf.math.add(codes, tf.constant(new long[][] {tables})),
        seen * config.buckets(),
        config.width());
  }

  @Override
  public Map<String, HostTensor> exampleInputs() {
    Map<String, HostTensor> inputs = new LinkedHashMap<>();
    inputs.put(
        "encoder_hidden_states",
        new HostTensor.Floats(
            new float[config.textTokens() * config.textWidth()],
            1,
            config.textTokens(),
            config.textWidth()));
    inputs.put("attention_mask", longs(config.textTokens()));
    inputs.put(
        "proj_embedding",
        new HostTensor.Floats(new float[config.embedding()], 1, config.embedding()));
    inputs.put("similarity", new HostTensor.Longs(new long[1], 1));
    inputs.put("codes", longs(config.codes()));
    inputs.put("finished_codes", longs(config.codes()));
    return inputs;
  }

  private static HostTensor longs(int count) {
    return new HostTensor.Longs(new long[count], 1, count);
  }
}
