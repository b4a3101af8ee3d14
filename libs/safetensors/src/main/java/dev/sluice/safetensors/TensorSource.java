package dev.sluice.safetensors;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.Set;

/**
 * Named tensors, read on demand. Implementations may be used from several threads. Every method
 * throws {@link SafetensorsException} when the tensor is not there or its file cannot be read.
 */
public interface TensorSource extends AutoCloseable {

  /** The tensors' names, in the order of their files. */
  Set<String> names();

  /** Dtype and shape of a tensor, without reading its elements. */
  TensorInfo info(String name);

  /**
   * A tensor's elements in row-major order, converted to float32 from whatever type is stored
   * (float64 and integers round to nearest, booleans give 0 and 1).
   */
  default float[] floats(String name) {
    TensorInfo info = info(name);
    float[] values = new float[arrayLength(info)];
    copyFloats(name, FloatBuffer.wrap(values));
    return values;
  }

  /**
   * A tensor's elements in row-major order as integers.
   *
   * @throws SafetensorsException also if the stored type is a floating-point type
   */
  long[] longs(String name);

  /**
   * Puts a tensor's elements, converted to float32, into {@code target} from its position on, and
   * advances the position. The tensor is streamed: heap use does not depend on its size.
   *
   * @throws SafetensorsException also if {@code target} has less room than the tensor has elements
   */
  void copyFloats(String name, FloatBuffer target);

  /**
   * Fills {@code target} with a tensor's elements as they are stored, little-endian.
   *
   * @param offset bytes of the tensor that are passed over
   * @throws SafetensorsException also if the tensor has fewer bytes than that
   */
  void copyBytes(String name, long offset, ByteBuffer target);

  /** The file that holds a tensor, for messages: its name and that of its folder. */
  String origin(String name);

  /** The free-form texts of the header ({@code __metadata__}); empty if there are none. */
  Map<String, String> metadata();

  @Override
  void close();

  private int arrayLength(TensorInfo info) {
    if (info.elements() > Integer.MAX_VALUE - 8) {
      throw new SafetensorsException(
          "%s: tensor %s has %d elements, more than one Java array can hold"
              .formatted(origin(info.name()), info, info.elements()));
    }
    return (int) info.elements();
  }
}
