package dev.sluice.networks.tensor;

import java.util.Map;

/** For how many places of its inputs a network computes something: what work goes by. */
public final class Positions {

  private Positions() {}

  /**
   * Height times width of the largest feature map {@code [1, channels, height, width]}; where there
   * is none, the tokens of the longest sequence {@code [1, tokens, width]} or list of ids {@code
   * [1, tokens]}; 1 where there is neither.
   */
  public static long ofLargest(Map<String, HostTensor> inputs) {
    long pixels = 0;
    long tokens = 1;
    for (HostTensor tensor : inputs.values()) {
      int[] shape = tensor.shape();
      if (shape.length == 4) {
        pixels = Math.max(pixels, (long) shape[2] * shape[3]);
      } else {
        tokens = Math.max(tokens, tokens(tensor));
      }
    }
    return Math.max(1, pixels > 0 ? pixels : tokens);
  }

  /** The tokens of a sequence or a list of ids; 0 if it is null or neither. */
  public static long tokens(HostTensor tensor) {
    if (tensor == null) {
      return 0;
    }
    int[] shape = tensor.shape();
    boolean ids = tensor instanceof HostTensor.Longs && shape.length == 2;
    return ids || shape.length == 3 ? shape[1] : 0;
  }
}
