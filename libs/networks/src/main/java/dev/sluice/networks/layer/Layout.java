package dev.sluice.networks.layer;

/** How a parameter's values lie in its variable, as against in the checkpoint. */
public enum Layout {
  /** As in the checkpoint. */
  AS_STORED,
  /**
   * Convolution filters: {@code [out, in, h, w]} in the checkpoint, {@code [h, w, in, out]} here.
   */
  CONVOLUTION;

  /** The variable's shape for a parameter of checkpoint shape {@code stored}. */
  long[] variableShape(long[] stored) {
    return this == AS_STORED
        ? stored.clone()
        : new long[] {stored[2], stored[3], stored[1], stored[0]};
  }

  /** Checkpoint order to variable order. */
  public float[] toVariable(float[] values, long[] stored) {
    if (this == AS_STORED) {
      return values;
    }
    int out = (int) stored[0];
    int in = (int) stored[1];
    int area = (int) (stored[2] * stored[3]);
    float[] result = new float[values.length];
    for (int o = 0; o < out; o++) {
      for (int i = 0; i < in; i++) {
        for (int a = 0; a < area; a++) {
          result[(a * in + i) * out + o] = values[(o * in + i) * area + a];
        }
      }
    }
    return result;
  }

  /** Variable order to checkpoint order: the inverse of {@link #toVariable}. */
  public float[] toStored(float[] values, long[] stored) {
    if (this == AS_STORED) {
      return values;
    }
    int out = (int) stored[0];
    int in = (int) stored[1];
    int area = (int) (stored[2] * stored[3]);
    float[] result = new float[values.length];
    for (int o = 0; o < out; o++) {
      for (int i = 0; i < in; i++) {
        for (int a = 0; a < area; a++) {
          result[(o * in + i) * area + a] = values[(a * in + i) * out + o];
        }
      }
    }
    return result;
  }
}
