package dev.sluice.networks.graph;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.Pointer;
import org.tensorflow.ndarray.buffer.DataStorageVisitor;
import org.tensorflow.types.TFloat32;

/**
 * A tensor's own memory as a buffer, so that weights are decoded into it without a copy in between.
 */
final class NativeFloats {

  private NativeFloats() {}

  /** The tensor's values, row-major; to be used only while the tensor is open. */
  static FloatBuffer of(TFloat32 tensor) {
    ByteBuffer bytes =
        tensor
            .asRawTensor()
            .data()
            .accept(
                new DataStorageVisitor<ByteBuffer>() {
                  @Override
                  public ByteBuffer visit(ByteBuffer buffer) {
                    return buffer.duplicate();
                  }

                  @Override
                  public ByteBuffer visit(long address, long length, long scale) {
                    return new Window(address, Math.multiplyExact(length, scale)).asByteBuffer();
                  }

                  @Override
                  public ByteBuffer fallback() {
                    throw new IllegalStateException("the tensor has no memory of its own");
                  }
                });
    return bytes.order(ByteOrder.nativeOrder()).asFloatBuffer();
  }

  /** Memory that this class neither allocates nor frees. */
  private static final class Window extends Pointer {
    Window(long address, long bytes) {
      super((Pointer) null);
      this.address = address;
      this.limit = bytes;
      this.capacity = bytes;
    }
  }
}
