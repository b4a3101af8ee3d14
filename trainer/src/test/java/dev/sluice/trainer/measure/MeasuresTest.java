package dev.sluice.trainer.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MeasuresTest {

  private static final int COUNT = 20_000;

  /** Normal vectors of two dimensions; the second is correlated with the first. */
  private static Vectors normal(
      long seed, int count, double mean, double spread, double correlation) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[2 * count];
    for (int row = 0; row < count; row++) {
      double first = random.nextGaussian();
      double second =
          correlation * first + Math.sqrt(1 - correlation * correlation) * random.nextGaussian();
      values[2 * row] = (float) (mean + spread * first);
      values[2 * row + 1] = (float) (spread * second);
    }
    return new Vectors(values, 2);
  }

  @Test
  void frechetDistance_isThatOfKnownNormalDistributions() {
    Vectors unit = normal(1, COUNT, 0, 1, 0);

    assertThat(FrechetDistance.between(unit, unit)).isCloseTo(0, within(1e-6));
    assertThat(FrechetDistance.between(unit, normal(2, COUNT, 3, 1, 0)))
        .as("means 3 apart")
        .isCloseTo(9, within(0.15));
    assertThat(FrechetDistance.between(unit, normal(3, COUNT, 0, 2, 0)))
        .as("spreads 1 and 2 in two dimensions")
        .isCloseTo(2, within(0.08));
    // Eigenvalues 1.8 and 0.2 of the covariance: 2 + 2 - 2 (sqrt 1.8 + sqrt 0.2).
    assertThat(FrechetDistance.between(unit, normal(4, COUNT, 0, 1, 0.8)))
        .isCloseTo(4 - 2 * (Math.sqrt(1.8) + Math.sqrt(0.2)), within(0.03));
  }

  @Test
  void frechetDistance_isSymmetric() {
    Vectors some = normal(5, 500, 0, 1, 0.5);
    Vectors others = normal(6, 500, 1, 3, -0.5);

    assertThat(FrechetDistance.between(some, others))
        .isCloseTo(FrechetDistance.between(others, some), within(1e-6));
  }

  @Test
  void manifoldOverlap_isFullOfSetsAlikeAndNoneOfSetsApart() {
    ManifoldOverlap alike =
        ManifoldOverlap.of(normal(1, 1000, 0, 1, 0), normal(2, 1000, 0, 1, 0), 3);
    assertThat(alike.precision()).isGreaterThan(0.85);
    assertThat(alike.recall()).isGreaterThan(0.85);

    ManifoldOverlap apart =
        ManifoldOverlap.of(normal(1, 1000, 0, 1, 0), normal(2, 1000, 50, 1, 0), 3);
    assertThat(apart).isEqualTo(new ManifoldOverlap(0, 0));
  }

  /** Samples of the middle alone are good but cover little; wide ones the other way round. */
  @Test
  void manifoldOverlap_partsQualityFromCoverage() {
    Vectors real = normal(1, 1000, 0, 1, 0);
    ManifoldOverlap narrow = ManifoldOverlap.of(real, normal(2, 1000, 0, 0.2, 0), 3);
    assertThat(narrow.precision()).isGreaterThan(0.9);
    assertThat(narrow.recall()).isLessThan(0.3);

    ManifoldOverlap wide = ManifoldOverlap.of(real, normal(2, 1000, 0, 5, 0), 3);
    assertThat(wide.precision()).isLessThan(0.3);
    assertThat(wide.recall()).isGreaterThan(0.9);
  }

  @Test
  void tooFewVectors_areRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Vectors(new float[3], 2));
    Vectors two = new Vectors(new float[4], 2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ManifoldOverlap.of(two, two, 3))
        .withMessageContaining("no 3 neighbours");
  }
}
