package dev.sluice.networks.transformer;

import static dev.sluice.networks.layer.Layers.concat;
import static dev.sluice.networks.layer.Layers.extent;
import static dev.sluice.networks.layer.Layers.linear;
import static dev.sluice.networks.layer.Layers.reshape;
import static dev.sluice.networks.layer.Layers.timestepEmbedding;
import static dev.sluice.networks.layer.Norms.layerNorm;

import dev.sluice.catalog.Config;
import dev.sluice.catalog.cost.RowCost;
import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.layer.FirstValue;
import dev.sluice.networks.layer.Inputs;
import dev.sluice.networks.layer.Scope;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.tensor.Positions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * unCLIP's diffusion prior (Ramesh et al. 2022, section 2.2): a causal transformer over the text's
 * tokens, the text embedding, the timestep, the noised picture embedding and a last token, whose
 * output is the predicted picture embedding. diffusers' {@code PriorTransformer}.
 *
 * <p>Inputs: {@code hidden_states [batch, d]}, the noised embedding; {@code timestep [batch]};
 * {@code proj_embedding [batch, d]}, of the text; {@code encoder_hidden_states [batch, tokens, d]};
 * optionally {@code attention_mask [batch, tokens]}, 1 for tokens to attend to. As in the
 * reference, attention is causal only if there is a mask. Output: {@code predicted_image_embedding
 * [batch, d]}.
 *
 * <p>The embedding is predicted in normalised form. Given {@code prior_latents [batch, d]}, the
 * output {@code post_process_latents} is that brought back to CLIP's mean and spread.
 */
public final class PriorTransformer implements Architecture {

  private static final double EPSILON = SelfAttentionBlock.EPSILON;

  /** As the reference has it. */
  private static final float DROPPED = -10000f;

  private final PriorConfig config;

  public PriorTransformer(Config config) {
    this.config = PriorConfig.of(config);
  }

  public PriorConfig config() {
    return config;
  }

  /** The tokens of the text, and the four that stand beside them. */
  @Override
  public long cost(Map<String, HostTensor> row) {
    return RowCost.ofPrior(Positions.tokens(row.get("encoder_hidden_states")));
  }

  @Override
  public Map<String, Operand<TFloat32>> build(Scope root, Inputs inputs) {
    Ops tf = root.tf();
    Map<String, Operand<TFloat32>> outputs = new LinkedHashMap<>();
    Operand<TFloat32> mean = root.weight("clip_mean", FirstValue.ZERO, 1, config.clipEmbedding());
    Operand<TFloat32> spread = root.weight("clip_std", FirstValue.ONE, 1, config.clipEmbedding());
    if (inputs.has("prior_latents")) {
      Operand<TFloat32> latents = inputs.floats(tf, "prior_latents");
      outputs.put("post_process_latents", tf.math.add(tf.math.mul(latents, spread), mean));
    }
    if (inputs.has("hidden_states")) {
      outputs.put("predicted_image_embedding", predict(root, inputs));
    }
    if (outputs.isEmpty()) {
      throw new IllegalArgumentException(
          "PriorTransformer needs hidden_states (to predict) or prior_latents (to bring back)");
    }
    return outputs;
  }

  private Operand<TFloat32> predict(Scope root, Inputs inputs) {
    Ops tf = root.tf();
    Operand<TFloat32> x = tokens(root, inputs);
    int count = extent(x, 1);
    Operand<TFloat32> bias = null;
    if (inputs.has("attention_mask")) {
      Operand<TFloat32> mask = inputs.floats(tf, "attention_mask");
      Operand<TFloat32> dropped =
          tf.pad(
              ScoreBias.dropping(tf, mask, DROPPED),
              tf.constant(new int[][] {{0, 0}, {0, 0}, {0, 0}, {0, count - extent(mask, 1)}}),
              tf.constant(0f));
      bias = tf.math.add(dropped, ScoreBias.causal(tf, count, DROPPED));
    }
    if (config.normalizesInput()) {
      x = layerNorm(root.in("norm_in"), x, EPSILON);
    }
    for (int i = 0; i < config.layers(); i++) {
      x = SelfAttentionBlock.apply(root.in("transformer_blocks").in(i), x, config.heads(), bias);
    }
    x = layerNorm(root.in("norm_out"), x, EPSILON);
    Operand<TFloat32> last =
        tf.slice(x, tf.constant(new int[] {0, count - 1, 0}), tf.constant(new int[] {-1, 1, -1}));
    return linear(
        root.in("proj_to_clip_embeddings"),
        reshape(tf, last, -1, config.width()),
        config.clipEmbedding());
  }

  /** Text, text embedding, timestep, noised embedding, last token: {@code [batch, all, width]}. */
  private Operand<TFloat32> tokens(Scope root, Inputs inputs) {
    Ops tf = root.tf();
    List<Operand<TFloat32>> parts = new ArrayList<>();
    if (config.attendsToText()) {
      parts.add(
          linear(
              root.in("encoder_hidden_states_proj"),
              inputs.floats(tf, "encoder_hidden_states"),
              config.width()));
    }
    parts.add(asToken(tf, projectedEmbedding(root, inputs.floats(tf, "proj_embedding"))));
    parts.add(asToken(tf, time(root, inputs.floats(tf, "timestep"))));
    parts.add(
        asToken(
            tf, linear(root.in("proj_in"), inputs.floats(tf, "hidden_states"), config.width())));
    Operand<TFloat32> given = concat(tf, 1, parts);

    int count = extent(given, 1) + 1;
    int places = config.textTokens() + config.additionalTokens();
    if (count != places) {
      throw new IllegalArgumentException(
          ("encoder_hidden_states gives this prior %d tokens in all; it has places for %d, of which"
                  + " %d are the text's")
              .formatted(count, places, config.textTokens()));
    }
    // The last token is the same in every row of the batch, so it can come in with the positions.
    Operand<TFloat32> lastToken =
        root.weight("prd_embedding", FirstValue.SMALL, 1, 1, config.width());
    Operand<TFloat32> offsets =
        tf.math.add(
            root.weight("positional_embedding", FirstValue.SMALL, 1, places, config.width()),
            tf.pad(
                lastToken,
                tf.constant(new int[][] {{0, 0}, {count - 1, 0}, {0, 0}}),
                tf.constant(0f)));
    Operand<TFloat32> padded =
        tf.pad(given, tf.constant(new int[][] {{0, 0}, {0, 1}, {0, 0}}), tf.constant(0f));
    return tf.math.add(padded, offsets);
  }

  private Operand<TFloat32> projectedEmbedding(Scope root, Operand<TFloat32> embedding) {
    Operand<TFloat32> normal =
        config.normalizesProjectedEmbedding()
            ? layerNorm(root.in("embedding_proj_norm"), embedding, EPSILON)
            : embedding;
    return linear(root.in("embedding_proj"), normal, config.width());
  }

  private Operand<TFloat32> time(Scope root, Operand<TFloat32> timestep) {
    Scope scope = root.in("time_embedding");
    Operand<TFloat32> sinusoids = timestepEmbedding(root.tf(), timestep, config.width(), true, 0);
    Operand<TFloat32> hidden = linear(scope.in("linear_1"), sinusoids, config.timeHidden());
    return scope.tap(
        linear(
            scope.in("linear_2"),
            config.timeActivation().apply(root.tf(), hidden),
            config.width()));
  }

  private Operand<TFloat32> asToken(Ops tf, Operand<TFloat32> row) {
    return reshape(tf, row, -1, 1, config.width());
  }

  @Override
  public Map<String, HostTensor> exampleInputs() {
    Map<String, HostTensor> inputs = new LinkedHashMap<>();
    inputs.put("hidden_states", zeros(1, config.embedding()));
    inputs.put("timestep", new HostTensor.Longs(new long[1], 1));
    inputs.put("proj_embedding", zeros(1, config.projectedEmbedding()));
    if (config.attendsToText()) {
      inputs.put("encoder_hidden_states", zeros(1, config.textTokens(), config.embedding()));
    }
    return inputs;
  }

  private static HostTensor zeros(int... shape) {
    int size = 1;
    for (int extent : shape) {
      size *= extent;
    }
    return new HostTensor.Floats(new float[size], shape);
  }
}
