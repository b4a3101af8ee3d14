package dev.sluice.networks.transformer;

import static dev.sluice.networks.layer.Layers.embedding;
import static dev.sluice.networks.layer.Layers.extent;
import static dev.sluice.networks.layer.Layers.linear;
import static dev.sluice.networks.layer.Layers.reshape;
import static dev.sluice.networks.layer.Norms.layerNorm;

import dev.sluice.catalog.Config;
import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.layer.FirstValue;
import dev.sluice.networks.layer.Inputs;
import dev.sluice.networks.layer.Scope;
import dev.sluice.networks.tensor.HostTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * CLIP's text encoder (Radford et al. 2021, section 2.4): transformers' {@code CLIPTextModel} and
 * {@code CLIPTextModelWithProjection}.
 *
 * <p>Inputs: {@code input_ids [batch, tokens]} and, optionally, {@code attention_mask [batch,
 * tokens]}, 1 for tokens to attend to. Outputs: {@code last_hidden_state [batch, tokens, width]},
 * after the final norm; {@code pooler_output [batch, width]}, its row at the end of the text, or
 * {@code text_embeds [batch, projection]}, that row projected into the space that text and pictures
 * share; {@code hidden_states.<i>}, before the final norm, where {@code hidden_states.-2} is the
 * one that Stable Diffusion 2 and XL condition on.
 */
public final class ClipTextModel implements Architecture {

  private final ClipTextConfig config;
  private final boolean projected;

  private ClipTextModel(Config config, boolean projected) {
    this.config = ClipTextConfig.of(config);
    this.projected = projected;
  }

  /** transformers' {@code CLIPTextModel}. */
  public static ClipTextModel unprojected(Config config) {
    return new ClipTextModel(config, false);
  }

  /** transformers' {@code CLIPTextModelWithProjection}. */
  public static ClipTextModel projected(Config config) {
    return new ClipTextModel(config, true);
  }

  public ClipTextConfig config() {
    return config;
  }

  @Override
  public Map<String, Operand<TFloat32>> build(Scope root, Inputs inputs) {
    Ops tf = root.tf();
    Scope model = root.in("text_model");
    Operand<TInt64> ids = inputs.longs(tf, "input_ids");
    int tokens = extent(ids, 1);
    if (tokens > config.positions()) {
      throw new IllegalArgumentException(
          "input_ids holds %d tokens a text; this text encoder takes at most %d"
              .formatted(tokens, config.positions()));
    }
    Operand<TFloat32> bias = ScoreBias.causal(tf, tokens, ScoreBias.LOWEST);
    if (inputs.has("attention_mask")) {
      Operand<TFloat32> mask = inputs.floats(tf, "attention_mask");
      bias = tf.math.add(bias, ScoreBias.dropping(tf, mask, ScoreBias.LOWEST));
    }
    List<Operand<TFloat32>> states =
        config
            .encoder()
            .apply(model.in("encoder"), embeddings(model.in("embeddings"), ids, tokens), bias);
    Operand<TFloat32> last =
        layerNorm(
            model.in("final_layer_norm"),
            states.get(states.size() - 1),
            config.encoder().epsilon());

    Map<String, Operand<TFloat32>> outputs = new LinkedHashMap<>();
    outputs.put("last_hidden_state", last);
    Operand<TFloat32> pooled = atEndOfText(tf, last, ids, tokens);
    if (projected) {
      outputs.put(
          "text_embeds", linear(root.in("text_projection"), pooled, config.projection(), false));
    } else {
      outputs.put("pooler_output", pooled);
    }
    ClipEncoder.name(states, outputs);
    return outputs;
  }

  private Operand<TFloat32> embeddings(Scope scope, Operand<TInt64> ids, int tokens) {
    Ops tf = scope.tf();
    Operand<TFloat32> words =
        embedding(scope.in("token_embedding"), ids, config.vocabulary(), config.width());
    Operand<TFloat32> places =
        scope
            .in("position_embedding")
            .weight("weight", FirstValue.SMALL, config.positions(), config.width());
    Operand<TFloat32> used =
        tf.slice(places, tf.constant(new int[] {0, 0}), tf.constant(new int[] {tokens, -1}));
    return scope.tap(tf.math.add(words, used));
  }

  /** The row of each text at its end, {@code [batch, width]}. */
  private Operand<TFloat32> atEndOfText(
      Ops tf, Operand<TFloat32> states, Operand<TInt64> ids, int tokens) {
    Operand<TInt64> rank =
        config.endOfText() == ClipTextConfig.LEGACY_END_OF_TEXT
            ? ids
            : tf.dtypes.cast(
                tf.math.equal(ids, tf.constant((long) config.endOfText())), TInt64.class);
    // Padding may repeat the end-of-text token; the text ends at the first.
    long[] earliness = new long[tokens];
    for (int i = 0; i < tokens; i++) {
      earliness[i] = tokens - 1 - i;
    }
    Operand<TInt64> first =
        tf.math.argMax(
            tf.math.add(tf.math.mul(rank, tf.constant((long) tokens)), tf.constant(earliness)),
            tf.constant(1));
    Operand<TFloat32> chosen =
        tf.oneHot(first, tf.constant(tokens), tf.constant(1f), tf.constant(0f));
    return tf.reduceSum(tf.math.mul(states, reshape(tf, chosen, -1, tokens, 1)), tf.constant(1));
  }

  @Override
  public Map<String, HostTensor> exampleInputs() {
    return Map.of("input_ids", new HostTensor.Longs(new long[1], 1, 1));
  }
}
