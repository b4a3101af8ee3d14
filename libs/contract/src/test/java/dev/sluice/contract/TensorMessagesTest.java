package dev.sluice.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.sluice.contract.v1.DataType;
import dev.sluice.contract.v1.Tensor;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TensorMessagesTest {

  @Property
  void floats_comeBackBitForBit(@ForAll @Size(min = 1, max = 50) float[] values) {
    Tensor tensor = TensorMessages.of(values, 1, values.length);

    assertThat(TensorMessages.floats("x", tensor)).containsExactly(values);
    assertThat(TensorMessages.shape("x", tensor)).containsExactly(1, values.length);
  }

  @Property
  void longs_comeBack(@ForAll @Size(min = 1, max = 50) long[] values) {
    assertThat(TensorMessages.longs("x", TensorMessages.of(values, values.length)))
        .containsExactly(values);
  }

  @Test
  void floats_readsHalfPrecision() {
    Tensor tensor =
        Tensor.newBuilder()
            .setDataType(DataType.FLOAT16)
            .addShape(4)
            .setData(
                ByteString.copyFrom(
                    new byte[] {0x00, 0x3c, 0x00, (byte) 0xc0, 0x01, 0x00, 0x00, 0x7c}))
            .build();

    assertThat(TensorMessages.floats("x", tensor))
        .containsExactly(1f, -2f, 0x1p-24f, Float.POSITIVE_INFINITY);
  }

  @Test
  void check_refusesBytesThatDisagreeWithTheShape() {
    Tensor tensor = TensorMessages.of(new float[6], 2, 3).toBuilder().setShape(1, 4).build();

    assertThatThrownBy(() -> TensorMessages.check("latents", tensor))
        .isInstanceOf(InvalidTensorException.class)
        .hasMessageContaining("latents")
        .hasMessageContaining("needs 32 bytes, the message holds 24");
  }

  @Test
  void check_refusesAbsurdShapes() {
    Tensor overflow =
        Tensor.newBuilder()
            .setDataType(DataType.FLOAT32)
            .addShape(Long.MAX_VALUE)
            .addShape(2)
            .build();
    Tensor negative = Tensor.newBuilder().setDataType(DataType.FLOAT32).addShape(-1).build();
    Tensor untyped = Tensor.newBuilder().addShape(1).build();

    assertThatThrownBy(() -> TensorMessages.check("x", overflow))
        .hasMessageContaining("absurdly large");
    assertThatThrownBy(() -> TensorMessages.check("x", negative)).hasMessageContaining("below 1");
    assertThatThrownBy(() -> TensorMessages.check("x", untyped)).hasMessageContaining("data_type");
  }
}
