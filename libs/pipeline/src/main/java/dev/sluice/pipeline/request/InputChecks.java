package dev.sluice.pipeline.request;

import dev.sluice.networks.tensor.HostTensor;
import java.util.Arrays;
import java.util.Map;

/**
 * Whether the tensors of a request are what a model takes. A network would fail at others in its
 * own words, or in none, and in the company of others' pictures.
 */
public final class InputChecks {

  private InputChecks() {}

  /**
   * Against others of the same names: equal types and shapes, but for the extents of pictures and
   * the number of tokens. What is only on one side is passed over.
   *
   * @throws InvalidInputException for the first that differs
   */
  public static void requireLike(Map<String, HostTensor> example, Map<String, HostTensor> given) {
    example.forEach(
        (name, expected) -> {
          HostTensor found = given.get(name);
          if (found != null && !isLike(expected, found)) {
            throw new InvalidInputException(
                name,
                "%s of shape %s; this model takes %s"
                    .formatted(type(found), Arrays.toString(found.shape()), text(expected)));
          }
        });
  }

  private static boolean isLike(HostTensor expected, HostTensor found) {
    int[] shape = found.shape();
    int[] wanted = expected.shape();
    if (type(expected) != type(found) || shape.length != wanted.length) {
      return false;
    }
    for (int i = 0; i < shape.length; i++) {
      if (shape[i] != wanted[i] && !isFree(expected, i)) {
        return false;
      }
    }
    return true;
  }

  /** Extents of pictures, tokens of states, tokens of masks. */
  private static boolean isFree(HostTensor tensor, int dimension) {
    return switch (tensor.shape().length) {
      case 4 -> dimension >= 2;
      case 3 -> dimension == 1;
      case 2 -> dimension == 1 && tensor instanceof HostTensor.Longs;
      default -> false;
    };
  }

  private static String type(HostTensor tensor) {
    return tensor instanceof HostTensor.Floats ? "floats" : "integers";
  }

  private static String text(HostTensor tensor) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < tensor.shape().length; i++) {
      text.append(i == 0 ? "" : ", ").append(isFree(tensor, i) ? "any" : tensor.shape()[i]);
    }
    return "%s of shape [%s]".formatted(type(tensor), text);
  }

  /**
   * A picture {@code [1, channels, height, width]}, if there is one of that name.
   *
   * @throws InvalidInputException if it is something else
   */
  public static void requirePicture(Map<String, HostTensor> given, String name, int channels) {
    HostTensor found = given.get(name);
    if (found == null) {
      return;
    }
    int[] shape = found.shape();
    if (!(found instanceof HostTensor.Floats) || shape.length != 4 || shape[1] != channels) {
      throw new InvalidInputException(
          name,
          "%s of shape %s; expected floats of shape [1, %d, height, width]"
              .formatted(type(found), Arrays.toString(shape), channels));
    }
  }

  /**
   * A class, if one is given.
   *
   * @param classes of the model; 0 if a label means nothing to it
   * @throws InvalidInputException if the model does not know it
   */
  public static void requireClass(Map<String, HostTensor> given, int classes) {
    HostTensor found = given.get(TensorNames.CLASS_LABEL);
    if (found == null || classes == 0) {
      return;
    }
    if (!(found instanceof HostTensor.Longs labels) || labels.values().length != 1) {
      throw new InvalidInputException(
          TensorNames.CLASS_LABEL,
          "%s of shape %s; expected one integer"
              .formatted(type(found), Arrays.toString(found.shape())));
    }
    long label = labels.values()[0];
    if (label < 0 || label >= classes) {
      throw new InvalidInputException(
          TensorNames.CLASS_LABEL,
          "the class label is %d; this model knows 0 to %d".formatted(label, classes - 1));
    }
  }
}
