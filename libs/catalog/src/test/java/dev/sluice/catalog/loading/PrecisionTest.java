package dev.sluice.catalog.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PrecisionTest {

  @Test
  void named_knowsWhatItPrints() {
    for (Precision precision : Precision.values()) {
      assertThat(Precision.named(precision.label())).isEqualTo(precision);
    }
  }

  @Test
  void named_autoGoesByTheProcessor() {
    assertThat(Precision.named("auto"))
        .isEqualTo(Processor.multipliesBfloat16() ? Precision.BFLOAT16 : Precision.FLOAT32);
  }

  @Test
  void named_refusesOthersByName() {
    assertThatThrownBy(() -> Precision.named("fp16"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("unknown precision 'fp16'; expected float32, bfloat16 or auto");
  }

  @Test
  void multipliesBfloat16_readsTheFlags() {
    assertThat(Processor.multipliesBfloat16("model name : x\nflags\t\t: fpu avx512f avx512_bf16\n"))
        .isTrue();
    assertThat(Processor.multipliesBfloat16("flags\t\t: fpu amx_bf16 amx_tile\n")).isTrue();
    assertThat(Processor.multipliesBfloat16("flags\t\t: fpu avx512f\n")).isFalse();
    assertThat(Processor.multipliesBfloat16("model name\t: not avx512_bf16\n")).isFalse();
  }
}
