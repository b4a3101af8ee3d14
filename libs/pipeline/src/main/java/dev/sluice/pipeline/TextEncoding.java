package dev.sluice.pipeline;

import dev.sluice.networks.graph.HostTensor;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.tokenizer.TokenIds;
import dev.sluice.networks.tokenizer.Tokenizer;
import dev.sluice.networks.tokenizer.Tokenizers;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A text encoder with its tokenizer: CLIP's, with projection. Texts are padded or cut to the length
 * that the model was trained with; a cut one keeps its end-of-text token, where diffusers' {@code
 * UnCLIPPipeline} loses it. Embeddings are cached, because the empty text comes with every request.
 */
final class TextEncoding implements TextEncoder {

  private static final int CACHED_TEXTS = 256;

  private final Tokenizer tokenizer;
  private final Network network;
  private final int length;
  private final Map<String, TextEmbedding> cache =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, TextEmbedding> eldest) {
          return size() > CACHED_TEXTS;
        }
      };

  private TextEncoding(ModelFolder model, Tokenizer tokenizer, Network network) {
    this.tokenizer = tokenizer;
    this.network = network;
    int positions = model.config("text_encoder").integer("max_position_embeddings", 77);
    this.length = Math.min(tokenizer.maxLength(), positions);
  }

  /** Loads the text encoder and the tokenizer of a model. */
  static TextEncoding load(ModelFolder model) {
    return model.load(
        folder ->
            new TextEncoding(
                folder,
                Tokenizers.open(folder.component("tokenizer")),
                folder.network("text_encoder")));
  }

  /** What the network is given for a text. */
  TokenIds tokens(String text) {
    return tokenizer.encode(text, length);
  }

  @Override
  public Map<String, HostTensor> encode(Prompt prompt) {
    Map<String, HostTensor> tensors = new LinkedHashMap<>(encode(prompt.text()).tensors(""));
    tensors.putAll(encode(prompt.unwanted().text()).tensors(TensorNames.NEGATIVE));
    return tensors;
  }

  /**
   * Encodes a text.
   *
   * @param text may be empty: that is the text of unconditional generation
   */
  TextEmbedding encode(String text) {
    synchronized (cache) {
      TextEmbedding known = cache.get(text);
      if (known != null) {
        return known;
      }
    }
    TokenIds tokens = tokens(text);
    // The mask is for the stages to come; unCLIP's text encoder itself attends to the padding.
    Map<String, HostTensor.Floats> outputs = network.run(Map.of("input_ids", tokens.inputIds()));
    TextEmbedding embedding =
        new TextEmbedding(
            outputs.get("text_embeds"), outputs.get("last_hidden_state"), tokens.mask());
    synchronized (cache) {
      cache.put(text, embedding);
    }
    return embedding;
  }

  @Override
  public void close() {
    tokenizer.close();
    network.close();
  }
}
