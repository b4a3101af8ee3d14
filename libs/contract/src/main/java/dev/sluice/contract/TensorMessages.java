package dev.sluice.contract;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.sluice.contract.v1.DataType;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.safetensors.HalfPrecision;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Between Java arrays and {@link Tensor} messages. */
public final class TensorMessages {

  private static final int MAX_RANK = 8;

  private TensorMessages() {}

  /** A float32 tensor that holds its elements. */
  public static Tensor of(float[] values, int... shape) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return tensor(DataType.FLOAT32, bytes, shape);
  }

  /** An int64 tensor that holds its elements. */
  public static Tensor of(long[] values, int... shape) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    return tensor(DataType.INT64, bytes, shape);
  }

  private static Tensor tensor(DataType type, ByteBuffer bytes, int[] shape) {
    Tensor.Builder tensor =
        Tensor.newBuilder().setDataType(type).setData(UnsafeByteOperations.unsafeWrap(bytes));
    for (int extent : shape) {
      tensor.addShape(extent);
    }
    Tensor built = tensor.build();
    check("tensor", built);
    return built;
  }

  /** Bytes of one element. */
  public static int elementSize(DataType type) {
    return switch (type) {
      case FLOAT32 -> 4;
      case FLOAT16 -> 2;
      case INT64 -> 8;
      default -> throw new InvalidTensorException("unknown data type " + type);
    };
  }

  /**
   * The number of bytes that the tensor's type and shape ask for.
   *
   * @param name of the tensor, for the error
   * @throws InvalidTensorException when type or shape is not valid
   */
  public static long byteSize(String name, Tensor tensor) {
    if (tensor.getDataType() == DataType.DATA_TYPE_UNSPECIFIED
        || tensor.getDataType() == DataType.UNRECOGNIZED) {
      throw new InvalidTensorException(
          "%s: data_type is missing or unknown; give FLOAT32, FLOAT16 or INT64".formatted(name));
    }
    if (tensor.getShapeCount() > MAX_RANK) {
      throw new InvalidTensorException(
          "%s: shape has %d dimensions, at most %d are allowed"
              .formatted(name, tensor.getShapeCount(), MAX_RANK));
    }
    long size = elementSize(tensor.getDataType());
    for (long extent : tensor.getShapeList()) {
      if (extent < 1) {
        throw new InvalidTensorException(
            "%s: shape %s has an extent below 1".formatted(name, tensor.getShapeList()));
      }
      try {
        size = Math.multiplyExact(size, extent);
      } catch (ArithmeticException e) {
        throw new InvalidTensorException(
            "%s: shape %s is absurdly large".formatted(name, tensor.getShapeList()));
      }
    }
    return size;
  }

  /**
   * Checks that an inline tensor's bytes are those its type and shape ask for.
   *
   * @throws InvalidTensorException when they are not
   */
  public static void check(String name, Tensor tensor) {
    long expected = byteSize(name, tensor);
    if (tensor.getContentCase() == Tensor.ContentCase.BLOB_KEY) {
      return;
    }
    if (tensor.getData().size() != expected) {
      throw new InvalidTensorException(
          "%s: %s of shape %s needs %d bytes, the message holds %d"
              .formatted(
                  name,
                  tensor.getDataType(),
                  tensor.getShapeList(),
                  expected,
                  tensor.getData().size()));
    }
  }

  /** The shape, checked. */
  public static int[] shape(String name, Tensor tensor) {
    check(name, tensor);
    return tensor.getShapeList().stream().mapToInt(Math::toIntExact).toArray();
  }

  /**
   * The elements of an inline tensor as floats.
   *
   * @throws InvalidTensorException when bytes and shape disagree
   */
  public static float[] floats(String name, Tensor tensor) {
    check(name, tensor);
    requireInline(name, tensor);
    ByteBuffer bytes = littleEndian(tensor.getData());
    return switch (tensor.getDataType()) {
      case FLOAT32 -> {
        float[] values = new float[bytes.remaining() / 4];
        bytes.asFloatBuffer().get(values);
        yield values;
      }
      case FLOAT16 -> {
        float[] values = new float[bytes.remaining() / 2];
        for (int i = 0; i < values.length; i++) {
          values[i] = HalfPrecision.fromF16(bytes.getShort(2 * i));
        }
        yield values;
      }
      default -> {
        long[] numbers = longs(name, tensor);
        float[] values = new float[numbers.length];
        for (int i = 0; i < values.length; i++) {
          values[i] = numbers[i];
        }
        yield values;
      }
    };
  }

  /** The elements of an inline INT64 tensor. */
  public static long[] longs(String name, Tensor tensor) {
    check(name, tensor);
    requireInline(name, tensor);
    if (tensor.getDataType() != DataType.INT64) {
      throw new InvalidTensorException(
          "%s: must be INT64, found %s".formatted(name, tensor.getDataType()));
    }
    ByteBuffer bytes = littleEndian(tensor.getData());
    long[] values = new long[bytes.remaining() / 8];
    bytes.asLongBuffer().get(values);
    return values;
  }

  private static void requireInline(String name, Tensor tensor) {
    if (tensor.getContentCase() == Tensor.ContentCase.BLOB_KEY) {
      throw new IllegalStateException(
          name
              + ": the elements are in the blob store; fetch them first "
              + Arrays.toString(tensor.getShapeList().toArray()));
    }
  }

  private static ByteBuffer littleEndian(ByteString data) {
    return data.asReadOnlyByteBuffer()
        .order(ByteOrder.LITTLE_ENDIAN)
        .slice()
        .order(ByteOrder.LITTLE_ENDIAN);
  }
}
