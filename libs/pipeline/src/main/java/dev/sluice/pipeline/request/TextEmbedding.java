package dev.sluice.pipeline.request;

import dev.sluice.catalog.Config;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.tensor.Tensors;
import java.util.Arrays;
import java.util.Map;

/**
 * A text as the other stages see it.
 *
 * @param embeds in the space that texts and pictures share, {@code [1, width]}
 * @param hiddenStates per token, after the final norm, {@code [1, tokens, width]}
 * @param mask 1 for tokens of the text, 0 for padding, {@code [1, tokens]}
 */
public record TextEmbedding(
    HostTensor.Floats embeds, HostTensor.Floats hiddenStates, HostTensor.Longs mask) {

  public TextEmbedding {
    int[] states = hiddenStates.shape();
    if (embeds.shape().length != 2
        || embeds.shape()[0] != 1
        || states.length != 3
        || states[0] != 1
        || !Arrays.equals(mask.shape(), new int[] {1, states[1]})) {
      throw new IllegalArgumentException(
          ("a text needs text_embeds [1, width], text_hidden_states [1, tokens, width] and"
                  + " text_mask [1, tokens]; found %s, %s and %s")
              .formatted(
                  Arrays.toString(embeds.shape()),
                  Arrays.toString(states),
                  Arrays.toString(mask.shape())));
    }
  }

  /** What a model's text encoder gives, all zeros: for trying out the stages after it. */
  public static TextEmbedding zeros(ModelFolder model) {
    Config config = model.config("text_encoder");
    int tokens = config.integer("max_position_embeddings", 77);
    int width = config.integer("hidden_size", 512);
    int projected = config.integer("projection_dim", 512);
    return new TextEmbedding(
        Tensors.zeros(1, projected),
        Tensors.zeros(1, tokens, width),
        new HostTensor.Longs(new long[tokens], 1, tokens));
  }

  /**
   * The text among a stage's tensors.
   *
   * @param prefix of the tensors' names: empty, or that of the negative prompt
   */
  public static TextEmbedding of(Map<String, HostTensor> tensors, String prefix) {
    return new TextEmbedding(
        (HostTensor.Floats) require(tensors, prefix + TensorNames.TEXT_EMBEDS),
        (HostTensor.Floats) require(tensors, prefix + TensorNames.TEXT_HIDDEN_STATES),
        (HostTensor.Longs) require(tensors, prefix + TensorNames.TEXT_MASK));
  }

  private static HostTensor require(Map<String, HostTensor> tensors, String name) {
    HostTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(
          "the tensor %s is missing; given: %s".formatted(name, tensors.keySet()));
    }
    return tensor;
  }

  /**
   * Refuses a text of another text encoder.
   *
   * @param own a text of the model's own
   * @param prefix of its tensors' names
   */
  public void requireLike(TextEmbedding own, String prefix) {
    InputChecks.requireLike(own.tensors(prefix), tensors(prefix));
    int tokens = hiddenStates.shape()[1];
    int expected = own.hiddenStates.shape()[1];
    if (tokens != expected) {
      throw new InvalidInputException(
          prefix + TensorNames.TEXT_HIDDEN_STATES,
          "%d tokens; this model takes %d".formatted(tokens, expected));
    }
  }

  /** The inverse of {@link #of}. */
  public Map<String, HostTensor> tensors(String prefix) {
    return Map.of(
        prefix + TensorNames.TEXT_EMBEDS, embeds,
        prefix + TensorNames.TEXT_HIDDEN_STATES, hiddenStates,
        prefix + TensorNames.TEXT_MASK, mask);
  }

  /** The mask with {@code count} more tokens in front that are always attended to. */
  public HostTensor.Longs maskWithTokensInFront(int count) {
    long[] values = new long[count + mask.values().length];
    Arrays.fill(values, 0, count, 1);
    System.arraycopy(mask.values(), 0, values, count, mask.values().length);
    return new HostTensor.Longs(values, 1, values.length);
  }
}
