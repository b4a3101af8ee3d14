package dev.sluice.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HalfPrecisionTest {

  @Test
  void everyHalf_survivesTheWayToFloatAndBack() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float value = HalfPrecision.fromF16((short) bits);
      if (Float.isNaN(value)) {
        assertThat(HalfPrecision.fromF16(HalfPrecision.toF16(value))).isNaN();
      } else {
        assertThat(HalfPrecision.toF16(value)).isEqualTo((short) bits);
      }
      float brain = HalfPrecision.fromBf16((short) bits);
      if (!Float.isNaN(brain)) {
        assertThat(HalfPrecision.toBf16(brain)).isEqualTo((short) bits);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1.0, 0x3c00",
    "-2.0, 0xc000",
    "65504, 0x7bff",
    "65519, 0x7bff",
    "65520, 0x7c00",
    "1e9, 0x7c00",
    "5.9604645e-8, 0x0001",
    "2.9802322e-8, 0x0000",
    "2.9802326e-8, 0x0001",
    "6.1035156e-5, 0x0400",
    "6.0975552e-5, 0x03ff",
    "1.00048828125, 0x3c00",
    "1.00146484375, 0x3c02",
    "0.333333343, 0x3555"
  })
  void toF16_roundsToNearestEven(float value, String bits) {
    assertThat(HalfPrecision.toF16(value)).isEqualTo((short) (int) Integer.decode(bits));
  }

  @Property(tries = 500)
  void toBf16_isNeverFurtherThanHalfAStep(@ForAll float value) {
    float rounded = HalfPrecision.fromBf16(HalfPrecision.toBf16(value));
    if (Float.isFinite(rounded)) {
      double step = Math.max(Math.ulp(value) * 65536.0, Float.MIN_VALUE * 65536.0);
      assertThat(Math.abs((double) rounded - value)).isLessThanOrEqualTo(step / 2);
    }
  }
}
