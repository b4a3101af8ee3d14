package dev.sluice.networks.tensor;

import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** Copies between the Java heap and TensorFlow's memory. */
public final class TensorCopies {

  private TensorCopies() {}

  /** The tensor's values, row-major. The tensor stays the caller's. */
  static float[] floats(TFloat32 tensor) {
    float[] values = new float[Math.toIntExact(tensor.size())];
    tensor.asRawTensor().data().asFloats().read(values);
    return values;
  }

  /** A new tensor, which the caller closes. */
  public static Tensor toTensor(HostTensor value) {
    long[] extents = new long[value.shape().length];
    for (int i = 0; i < extents.length; i++) {
      extents[i] = value.shape()[i];
    }
    Shape shape = Shape.of(extents);
    if (value instanceof HostTensor.Floats floats) {
      return TFloat32.tensorOf(shape, DataBuffers.of(floats.values(), true, false));
    }
    HostTensor.Longs longs = (HostTensor.Longs) value;
    return TInt64.tensorOf(shape, DataBuffers.of(longs.values(), true, false));
  }

  public static HostTensor.Floats toHost(TFloat32 tensor) {
    long[] extents = tensor.shape().asArray();
    int[] shape = new int[extents.length];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = Math.toIntExact(extents[i]);
    }
    return new HostTensor.Floats(floats(tensor), shape);
  }
}
