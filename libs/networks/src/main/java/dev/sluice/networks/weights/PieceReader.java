package dev.sluice.networks.weights;

import dev.sluice.networks.layer.Layout;
import dev.sluice.networks.layer.Parameter;
import dev.sluice.networks.tensor.NativeMemory;
import dev.sluice.safetensors.DType;
import dev.sluice.safetensors.HalfPrecision;
import dev.sluice.safetensors.TensorInfo;
import dev.sluice.safetensors.TensorSource;
import dev.sluice.safetensors.UnusableWeightsException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** Reads runs of a weight's values into its memory, with working space for one thread. */
final class PieceReader {

  /** Output channels turned together: in the result they lie side by side and fill cache lines. */
  static final int MOST_CHANNELS = 64;

  private final TensorSource source;
  private ByteBuffer bytes = ByteBuffer.allocateDirect(0);
  private short[] halves = new short[0];
  private float[] floats = new float[0];

  PieceReader(TensorSource source) {
    this.source = source;
  }

  /**
   * Reads the values from {@code begin} to {@code end}, in checkpoint order; of filters, whole
   * output channels.
   *
   * @param target the weight's memory
   * @param type of its values there: the file's, {@code F32} or {@code BF16}
   * @throws UnusableWeightsException when they cannot be read or one of them is not finite
   */
  void read(
      Parameter parameter, TensorInfo info, long begin, long end, NativeMemory target, DType type) {
    int count = Math.toIntExact(end - begin);
    if (parameter.layout() == Layout.AS_STORED && type == info.dtype()) {
      fetch(info, begin, target.window(begin * type.byteSize(), count * type.byteSize()));
      return;
    }
    ByteBuffer stored = fetch(info, begin, scratch(count * info.dtype().byteSize()));
    if (type == DType.BF16 && info.dtype() != DType.BF16) {
      stored = rounded(info.dtype(), stored, count);
    }
    if (parameter.layout() == Layout.AS_STORED && type != DType.F32) {
      target.window(begin * type.byteSize(), count * type.byteSize()).put(stored);
      return;
    }
    if (parameter.layout() == Layout.AS_STORED) {
      info.dtype()
          .toFloats(
              stored, target.window(begin * Float.BYTES, count * Float.BYTES).asFloatBuffer());
      return;
    }
    ByteBuffer whole = target.window(0, Math.toIntExact(target.bytes()));
    long[] shape = parameter.shape();
    int perChannel = Math.toIntExact(parameter.size() / shape[0]);
    int first = Math.toIntExact(begin / perChannel);
    if (type == DType.F32) {
      floats = floats.length < count ? new float[count] : floats;
      info.dtype().toFloats(stored, FloatBuffer.wrap(floats));
      FilterTurn.ofFloats(floats, shape, whole.asFloatBuffer()).turn(first, count / perChannel);
    } else {
      halves = halves.length < count ? new short[count] : halves;
      stored.asShortBuffer().get(halves, 0, count);
      FilterTurn.ofHalves(halves, shape, whole.asShortBuffer()).turn(first, count / perChannel);
    }
  }

  /** Values in bfloat16, to the nearest, of two the even one. */
  private ByteBuffer rounded(DType dtype, ByteBuffer stored, int count) {
    floats = floats.length < count ? new float[count] : floats;
    dtype.toFloats(stored, FloatBuffer.wrap(floats));
    ByteBuffer rounded = ByteBuffer.allocate(count * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      rounded.putShort(HalfPrecision.toBf16(floats[i]));
    }
    return rounded.flip();
  }

  private ByteBuffer scratch(int size) {
    if (bytes.capacity() < size) {
      bytes = ByteBuffer.allocateDirect(size);
    }
    return bytes.clear().limit(size);
  }

  /** Fills {@code buffer}; gives it back to be read. */
  private ByteBuffer fetch(TensorInfo info, long begin, ByteBuffer buffer) {
    source.copyBytes(info.name(), begin * info.dtype().byteSize(), buffer);
    buffer.flip().order(ByteOrder.LITTLE_ENDIAN);
    if (!info.dtype().allFinite(buffer)) {
      throw new UnusableWeightsException(
          ("%s: tensor %s holds NaN or infinity; the file is damaged, or was saved from a training"
                  + " that had failed")
              .formatted(source.origin(info.name()), info.name()));
    }
    return buffer;
  }
}
