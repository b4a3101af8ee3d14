package dev.sluice.networks.tensor;

import java.util.Map;

/**
 * A network gave, or was given, NaN or infinity. The message names the network, which lies with its
 * model or with how it is sampled: never with the process, and trying again would not help.
 */
public final class NonFiniteOutputException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private NonFiniteOutputException(String message) {
    super(message);
  }

  /**
   * Looks at what one row gave.
   *
   * @param network such as {@code sd15/unet}
   * @throws NonFiniteOutputException when an output is not finite
   */
  public static void refuse(
      String network,
      Map<String, ? extends HostTensor> inputs,
      Map<String, HostTensor.Floats> outputs) {
    for (Map.Entry<String, HostTensor.Floats> output : outputs.entrySet()) {
      if (!output.getValue().allFinite()) {
        inputs.forEach((name, value) -> refuseInput(network, name, value));
        throw new NonFiniteOutputException(
            ("%s gave NaN or infinity in %s; its weights are damaged, or too large for what it"
                    + " computes with")
                .formatted(network, output.getKey()));
      }
    }
  }

  private static void refuseInput(String network, String name, HostTensor value) {
    if (value instanceof HostTensor.Floats floats) {
      refuseSample(network, name, floats);
    }
  }

  /**
   * Looks at what is about to be given to a network, or to be handed on by it.
   *
   * @throws NonFiniteOutputException when it is not finite
   */
  public static void refuseSample(String network, String name, HostTensor.Floats sample) {
    if (!sample.allFinite()) {
      throw new NonFiniteOutputException(
          ("sampling with %s led to NaN or infinity in %s; this sampler, number of steps or guidance"
                  + " scale does not suit the model")
              .formatted(network, name));
    }
  }
}
