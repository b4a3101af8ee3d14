package dev.sluice.networks.transformer;

import static dev.sluice.networks.layer.Layers.concat;
import static dev.sluice.networks.layer.Layers.linear;
import static dev.sluice.networks.layer.Layers.reshape;
import static dev.sluice.networks.layer.Norms.layerNorm;

import dev.sluice.catalog.Config;
import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.layer.FirstValue;
import dev.sluice.networks.layer.Inputs;
import dev.sluice.networks.layer.Scope;
import dev.sluice.networks.tensor.HostTensor;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * What unCLIP's decoder is conditioned on (Ramesh et al. 2022, section 2.1): the picture embedding
 * is added to the time embedding and, as extra tokens, put before those of the text. diffusers'
 * {@code UnCLIPTextProjModel}.
 *
 * <p>Inputs: {@code prompt_embeds [batch, d]}, {@code text_encoder_hidden_states [batch, tokens,
 * width]} and one of
 *
 * <ul>
 *   <li>{@code image_embeddings [batch, d]}; with {@code image_embeddings_dropped [batch]}, rows
 *       with 1 take the learned embedding that stands for "no picture" in place of theirs;
 *   <li>{@code guided_image_embeddings [batch / 2, d]}, for classifier-free guidance: the learned
 *       embedding for the first half of the batch, these for the second.
 * </ul>
 *
 * <p>Outputs: {@code text_encoder_hidden_states [batch, extra + tokens, cross-attention width]} and
 * {@code additive_clip_time_embeddings [batch, time width]}, the decoder's class labels.
 */
public final class UnClipTextProjModel implements Architecture {

  private static final double EPSILON = 1e-5;

  private final int extraTokens;
  private final int embeddingWidth;
  private final int timeWidth;
  private final int crossAttentionWidth;

  public UnClipTextProjModel(Config config) {
    this.extraTokens = config.integer("clip_extra_context_tokens", 4);
    this.embeddingWidth = config.count("clip_embeddings_dim", 768);
    this.timeWidth = config.count("time_embed_dim");
    this.crossAttentionWidth = config.count("cross_attention_dim");
  }

  @Override
  public Map<String, Operand<TFloat32>> build(Scope root, Inputs inputs) {
    Ops tf = root.tf();
    Operand<TFloat32> image = imageEmbeddings(root, inputs);
    Operand<TFloat32> time =
        tf.math.add(
            linear(root.in("clip_image_embeddings_project_to_time_embeddings"), image, timeWidth),
            linear(root.in("embedding_proj"), inputs.floats(tf, "prompt_embeds"), timeWidth));

    // The projection lays out width by tokens.
    Operand<TFloat32> extra =
        tf.linalg.transpose(
            reshape(
                tf,
                linear(
                    root.in("clip_extra_context_tokens_proj"),
                    image,
                    extraTokens * crossAttentionWidth),
                -1,
                crossAttentionWidth,
                extraTokens),
            tf.constant(new int[] {0, 2, 1}));
    Operand<TFloat32> text =
        layerNorm(
            root.in("text_encoder_hidden_states_norm"),
            linear(
                root.in("encoder_hidden_states_proj"),
                inputs.floats(tf, "text_encoder_hidden_states"),
                crossAttentionWidth),
            EPSILON);
    return Map.of(
        "text_encoder_hidden_states",
        concat(tf, 1, List.of(extra, text)),
        "additive_clip_time_embeddings",
        time);
  }

  private Operand<TFloat32> imageEmbeddings(Scope root, Inputs inputs) {
    Ops tf = root.tf();
    Operand<TFloat32> learned =
        reshape(
            tf,
            root.weight(
                "learned_classifier_free_guidance_embeddings", FirstValue.SMALL, embeddingWidth),
            1,
            embeddingWidth);
    if (inputs.has("guided_image_embeddings")) {
      Operand<TFloat32> given = inputs.floats(tf, "guided_image_embeddings");
      return concat(tf, 0, List.of(tf.math.add(tf.zerosLike(given), learned), given));
    }
    Operand<TFloat32> given = inputs.floats(tf, "image_embeddings");
    if (!inputs.has("image_embeddings_dropped")) {
      return given;
    }
    Operand<TFloat32> dropped = reshape(tf, inputs.floats(tf, "image_embeddings_dropped"), -1, 1);
    Operand<TFloat32> kept = tf.math.sub(tf.constant(1f), dropped);
    return tf.math.add(tf.math.mul(given, kept), tf.math.mul(learned, dropped));
  }

  @Override
  public Map<String, HostTensor> exampleInputs() {
    float[] embedding = new float[embeddingWidth];
    return Map.of(
        "image_embeddings", new HostTensor.Floats(embedding, 1, embeddingWidth),
        "prompt_embeds", new HostTensor.Floats(embedding, 1, embeddingWidth),
        "text_encoder_hidden_states", new HostTensor.Floats(embedding, 1, 1, embeddingWidth));
  }
}
