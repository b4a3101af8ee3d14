package dev.sluice.serving;

import dev.sluice.contract.TensorMessages;
import dev.sluice.contract.v1.DataType;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.request.TensorNames;
import dev.sluice.pipeline.request.TextEmbedding;
import dev.sluice.stage.work.InvalidTaskException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tensors of messages as the engines have them, and back; their names are those of {@link
 * TensorNames}.
 */
public final class StageTensors {

  private StageTensors() {}

  /**
   * All tensors of a message.
   *
   * @throws InvalidTaskException if one has a number that is not finite, or is not what it says
   */
  public static Map<String, HostTensor> all(Map<String, Tensor> tensors) {
    Map<String, HostTensor> all = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) ->
            all.put(
                name,
                tensor.getDataType() == DataType.INT64
                    ? new HostTensor.Longs(
                        TensorMessages.longs(name, tensor), TensorMessages.shape(name, tensor))
                    : floats(tensors, name)));
    return all;
  }

  /**
   * A tensor of finite floats.
   *
   * @throws InvalidTaskException if it is not there or holds something else
   */
  public static HostTensor.Floats floats(Map<String, Tensor> tensors, String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw InvalidTaskException.inField(
          "inputs", "the tensor %s is missing; given: %s".formatted(name, tensors.keySet()));
    }
    float[] values = TensorMessages.floats(name, tensor);
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw InvalidTaskException.inField(
            "inputs." + name, "element %d is %s; expected finite numbers".formatted(i, values[i]));
      }
    }
    return new HostTensor.Floats(values, TensorMessages.shape(name, tensor));
  }

  /**
   * A text's embedding.
   *
   * @param prefix of the tensors' names: empty, or {@link TensorNames#NEGATIVE}
   * @throws InvalidTaskException if it is not there or its parts do not belong together
   */
  public static TextEmbedding text(Map<String, Tensor> tensors, String prefix) {
    try {
      return TextEmbedding.of(all(tensors), prefix);
    } catch (IllegalArgumentException | ClassCastException e) {
      throw InvalidTaskException.inField("inputs", e.getMessage());
    }
  }

  /** The inverse of {@link #all}, in full precision. */
  public static Map<String, Tensor> of(Map<String, ? extends HostTensor> tensors) {
    Map<String, Tensor> all = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> all.put(name, of(tensor)));
    return all;
  }

  /** A message's tensor, in full precision. */
  public static Tensor of(HostTensor tensor) {
    return tensor instanceof HostTensor.Floats floats
        ? TensorMessages.of(floats.values(), floats.shape())
        : TensorMessages.of(((HostTensor.Longs) tensor).values(), tensor.shape());
  }
}
