package dev.sluice.serving;

import dev.sluice.contract.Tensors;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.networks.graph.HostTensor;
import dev.sluice.pipeline.TextEmbedding;
import dev.sluice.stage.InvalidTaskException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tensors of messages as the engines have them, and back, under the names that stages agree on. */
public final class StageTensors {

  /** A picture or latent {@code [1, channels, height, width]}. */
  public static final String SAMPLE = "sample";

  /** A picture's embedding {@code [1, width]}. */
  public static final String IMAGE_EMBEDS = "image_embeds";

  /** In front of the names of the tensors of the negative prompt. */
  public static final String NEGATIVE = "negative_";

  private static final String TEXT_EMBEDS = "text_embeds";
  private static final String TEXT_HIDDEN_STATES = "text_hidden_states";
  private static final String TEXT_MASK = "text_mask";

  private StageTensors() {}

  /**
   * A tensor of finite floats.
   *
   * @throws InvalidTaskException if it is not there or holds something else
   */
  public static HostTensor.Floats floats(Map<String, Tensor> tensors, String name) {
    Tensor tensor = require(tensors, name);
    float[] values = Tensors.floats(name, tensor);
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw InvalidTaskException.inField(
            "inputs." + name, "element %d is %s; expected finite numbers".formatted(i, values[i]));
      }
    }
    return new HostTensor.Floats(values, Tensors.shape(name, tensor));
  }

  /**
   * A text's embedding.
   *
   * @param prefix of the tensors' names: empty, or {@link #NEGATIVE}
   */
  public static TextEmbedding text(Map<String, Tensor> tensors, String prefix) {
    String maskName = prefix + TEXT_MASK;
    Tensor mask = require(tensors, maskName);
    try {
      return new TextEmbedding(
          floats(tensors, prefix + TEXT_EMBEDS),
          floats(tensors, prefix + TEXT_HIDDEN_STATES),
          new HostTensor.Longs(Tensors.longs(maskName, mask), Tensors.shape(maskName, mask)));
    } catch (IllegalArgumentException e) {
      throw InvalidTaskException.inField("inputs", e.getMessage());
    }
  }

  private static Tensor require(Map<String, Tensor> tensors, String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw InvalidTaskException.inField(
          "inputs", "the tensor %s is missing; given: %s".formatted(name, tensors.keySet()));
    }
    return tensor;
  }

  /** The inverse of {@link #text}. */
  public static Map<String, Tensor> of(TextEmbedding text, String prefix) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put(prefix + TEXT_EMBEDS, of(text.embeds()));
    tensors.put(prefix + TEXT_HIDDEN_STATES, of(text.hiddenStates()));
    tensors.put(prefix + TEXT_MASK, Tensors.of(text.mask().values(), text.mask().shape()));
    return tensors;
  }

  /** A message's tensor, in full precision. */
  public static Tensor of(HostTensor.Floats tensor) {
    return Tensors.of(tensor.values(), tensor.shape());
  }
}
