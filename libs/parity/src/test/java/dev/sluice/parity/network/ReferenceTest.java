package dev.sluice.parity.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.networks.tensor.HostTensor;
import org.junit.jupiter.api.Test;

class ReferenceTest {

  private static final Reference REFERENCE =
      new Reference("out.sample", new float[] {1, -4, 2}, new int[] {1, 3});

  @Test
  void compare_measuresTheLargestDifferenceAgainstTheLargestValue() {
    Comparison comparison = REFERENCE.compare(floats(1.5f, -4, 1.8f), 0.1);

    assertThat(comparison.error()).isCloseTo(0.125, within(1e-7));
    assertThat(comparison.passes()).isFalse();
  }

  @Test
  void compare_failsOnAnotherShape() {
    Comparison comparison =
        REFERENCE.compare(new HostTensor.Floats(new float[] {1, -4, 2}, 3, 1), 0.1);

    assertThat(comparison.passes()).isFalse();
    assertThat(comparison.remark()).contains("[3, 1]").contains("[1, 3]");
  }

  @Test
  void compare_failsOnNotANumber() {
    assertThat(REFERENCE.compare(floats(1, Float.NaN, 2), 0.1).passes()).isFalse();
  }

  private static HostTensor.Floats floats(float... values) {
    return new HostTensor.Floats(values, 1, values.length);
  }
}
