package dev.sluice.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FiniteScanTest {

  private static ByteBuffer encoded(DType dtype, double... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * dtype.byteSize()).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      switch (dtype) {
        case F64 -> bytes.putDouble(value);
        case F32 -> bytes.putFloat((float) value);
        case F16 -> bytes.putShort(HalfPrecision.toF16((float) value));
        case BF16 -> bytes.putShort(HalfPrecision.toBf16((float) value));
        default -> throw new IllegalArgumentException(dtype + " is no floating-point type");
      }
    }
    return bytes.flip();
  }

  @ParameterizedTest
  @EnumSource(names = {"F64", "F32", "F16", "BF16"})
  void everyPlace_isLookedAt(DType dtype) {
    for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, -1 / 0.0}) {
      for (int length : new int[] {1, 2, 3, 7, 8, 9, 5000}) {
        for (int place = 0; place < length; place += length > 100 ? 711 : 1) {
          double[] values = new double[length];
          values[place] = bad;
          assertThat(dtype.allFinite(encoded(dtype, values)))
              .as("%s at %d of %d", bad, place, length)
              .isFalse();
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F64", "F32", "F16", "BF16"})
  void theLargestAndSmallestNumbers_areFinite(DType dtype) {
    double largest = dtype == DType.F16 ? 65504 : dtype == DType.F64 ? Double.MAX_VALUE : 3.38e38;

    assertThat(
            dtype.allFinite(
                encoded(dtype, largest, -largest, Double.MIN_VALUE, -0.0, 6e-8, 0, 1, -1, 2)))
        .isTrue();
  }

  /** Any bits at all, by the definition. */
  @Property
  void singles_areFoundAsJavaFindsThem(@ForAll @Size(min = 1, max = 40) int[] bits) {
    ByteBuffer bytes = ByteBuffer.allocate(bits.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    boolean finite = true;
    for (int value : bits) {
      bytes.putInt(value);
      finite &= Float.isFinite(Float.intBitsToFloat(value));
    }

    assertThat(DType.F32.allFinite(bytes.flip())).isEqualTo(finite);
  }

  @Property
  void halves_areFoundByTheirValue(
      @ForAll @Size(min = 1, max = 9) @IntRange(max = 0xffff) int[] bits) {
    ByteBuffer bytes = ByteBuffer.allocate(bits.length * 2).order(ByteOrder.LITTLE_ENDIAN);
    boolean finite = true;
    for (int value : bits) {
      bytes.putShort((short) value);
      finite &= Float.isFinite(HalfPrecision.fromF16((short) value));
    }

    assertThat(DType.F16.allFinite(bytes.flip())).isEqualTo(finite);
  }

  @ParameterizedTest
  @EnumSource(names = {"I64", "I32", "I16", "I8", "U8", "BOOL"})
  void wholeNumbers_areFinite(DType dtype) {
    ByteBuffer ones = ByteBuffer.allocate(16);
    while (ones.hasRemaining()) {
      ones.put((byte) 0xff);
    }
    assertThat(dtype.allFinite(ones.flip())).isTrue();
  }
}
