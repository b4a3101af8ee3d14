package dev.sluice.networks.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.buffer.DataStorageVisitor;

/**
 * A tensor's own memory, so that weights are read into it without a copy in between. To be used
 * only while the tensor is open.
 */
public final class NativeMemory {

  private final long address;
  private final long bytes;

  private NativeMemory(long address, long bytes) {
    this.address = address;
    this.bytes = bytes;
  }

  public static NativeMemory of(Tensor tensor) {
    return tensor
        .asRawTensor()
        .data()
        .accept(
            new DataStorageVisitor<NativeMemory>() {
              @Override
              public NativeMemory visit(long address, long length, long scale) {
                return new NativeMemory(address, Math.multiplyExact(length, scale));
              }

              @Override
              public NativeMemory fallback() {
                throw new IllegalStateException("the tensor has no memory of its own");
              }
            });
  }

  public long bytes() {
    return bytes;
  }

  /** The bytes from {@code offset} on, in the processor's order. */
  public ByteBuffer window(long offset, int length) {
    if (offset < 0 || length < 0 || offset + length > bytes) {
      throw new IndexOutOfBoundsException(
          "bytes %d to %d of a tensor of %d".formatted(offset, offset + length, bytes));
    }
    return new Window(address + offset, length).asByteBuffer().order(ByteOrder.nativeOrder());
  }

  /** Memory that this class neither allocates nor frees. */
  private static final class Window extends BytePointer {
    Window(long address, long bytes) {
      super((Pointer) null);
      this.address = address;
      this.limit = bytes;
      this.capacity = bytes;
    }
  }
}
