package dev.sluice.trainer.unclip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.networks.tensor.HostTensor;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PrincipalComponentsTest {

  /** Spread 3 along (0.6, 0.8, 0) from (5, -1, 2), 1 along the last axis, 0.1 across both. */
  private static HostTensor.Floats cloud(int rows) {
    SplittableRandom random = new SplittableRandom(3);
    float[] values = new float[3 * rows];
    for (int row = 0; row < rows; row++) {
      double along = 3 * random.nextGaussian();
      double across = 0.1 * random.nextGaussian();
      values[3 * row] = (float) (5 + 0.6 * along - 0.8 * across);
      values[3 * row + 1] = (float) (-1 + 0.8 * along + 0.6 * across);
      values[3 * row + 2] = (float) (2 + random.nextGaussian());
    }
    return new HostTensor.Floats(values, rows, 3);
  }

  @Test
  void of_findsTheDirectionsOfTheLargestSpreadFirst() {
    PrincipalComponents found = PrincipalComponents.of(cloud(20_000), 2);

    assertThat(found.mean()).containsExactly(new float[] {5, -1, 2}, within(0.1f));
    float[] axes = found.components();
    float sign = Math.signum(axes[0]);
    assertThat(new float[] {sign * axes[0], sign * axes[1], sign * axes[2]})
        .containsExactly(new float[] {0.6f, 0.8f, 0}, within(0.02f));
    assertThat(Math.abs(axes[5])).isCloseTo(1, within(0.001f));
    assertThat(found.explained()).isCloseTo(10 / 10.01, within(1e-3));
  }

  @Test
  void project_givesBackWhatTheComponentsCarry() {
    HostTensor.Floats cloud = cloud(500);
    PrincipalComponents found = PrincipalComponents.of(cloud, 3);
    for (int row = 0; row < 500; row++) {
      float[] along = found.project(cloud.values(), row);
      for (int i = 0; i < 3; i++) {
        double value = found.mean()[i];
        for (int component = 0; component < 3; component++) {
          value += along[component] * found.components()[component * 3 + i];
        }
        assertThat(value).isCloseTo(cloud.values()[row * 3 + i], within(1e-3));
      }
    }
  }

  @Test
  void bucket_dividesTheRangeEvenlyAndTakesWhatLiesOutsideIn() {
    PrincipalComponents line =
        new PrincipalComponents(
            new float[1], new float[] {1}, new float[] {-1}, new float[] {3}, 1);

    assertThat(line.bucket(0, -1, 4)).isZero();
    assertThat(line.bucket(0, -0.01f, 4)).isZero();
    assertThat(line.bucket(0, 0.01f, 4)).isEqualTo(1);
    assertThat(line.bucket(0, 2.9f, 4)).isEqualTo(3);
    assertThat(line.bucket(0, 3, 4)).isEqualTo(3);
    assertThat(line.bucket(0, -9, 4)).isZero();
    assertThat(line.bucket(0, 9, 4)).isEqualTo(3);
  }
}
