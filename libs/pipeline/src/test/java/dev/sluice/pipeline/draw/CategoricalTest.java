package dev.sluice.pipeline.draw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class CategoricalTest {

  private static final double[] QUARTERS = {Math.log(1), Math.log(2), Math.log(1)};

  @Test
  void draw_givesEachValueItsShare() {
    assertThat(Categorical.draw(QUARTERS, 0)).isZero();
    assertThat(Categorical.draw(QUARTERS, 0.249)).isZero();
    assertThat(Categorical.draw(QUARTERS, 0.251)).isEqualTo(1);
    assertThat(Categorical.draw(QUARTERS, 0.749)).isEqualTo(1);
    assertThat(Categorical.draw(QUARTERS, 0.751)).isEqualTo(2);
    assertThat(Categorical.draw(QUARTERS, Math.nextDown(1.0))).isEqualTo(2);
  }

  @Test
  void draw_takesTheLikeliestAtTemperatureZeroAndEvensOddsOutAboveOne() {
    double[] logits = {Math.log(1), Math.log(8), Math.log(1)};
    assertThat(Categorical.draw(logits, new Drawing(0, 0), 0)).isEqualTo(1);
    assertThat(Categorical.draw(logits, Drawing.PLAIN, 0.11)).isEqualTo(1);
    // 1 : 2 : 1 at a temperature of 3.
    assertThat(Categorical.draw(logits, new Drawing(3, 0), 0.249)).isZero();
    assertThat(Categorical.draw(logits, new Drawing(3, 0), 0.251)).isEqualTo(1);
  }

  @Test
  void draw_leavesOutWhatIsNotAmongTheLikeliest() {
    double[] logits = {Math.log(2), Math.log(1), Math.log(5), Math.log(2.5)};
    for (double uniform = 0; uniform < 1; uniform += 0.01) {
      assertThat(Categorical.draw(logits, new Drawing(1, 1), uniform)).isEqualTo(2);
      assertThat(Categorical.draw(logits, new Drawing(1, 2), uniform))
          .isEqualTo(uniform < 5 / 7.5 ? 2 : 3);
      assertThat(Categorical.draw(logits, new Drawing(1, 9), uniform))
          .isEqualTo(Categorical.draw(logits, uniform));
    }
  }

  @Property
  void draw_followsTheSoftmax(@ForAll("logits") double[] logits) {
    int draws = 20_000;
    double[] shares = new double[logits.length];
    for (int i = 0; i < draws; i++) {
      shares[Categorical.draw(logits, (i + 0.5) / draws)] += 1.0 / draws;
    }
    double sum = Arrays.stream(logits).map(Math::exp).sum();
    for (int i = 0; i < logits.length; i++) {
      assertThat(shares[i]).isCloseTo(Math.exp(logits[i]) / sum, within(1e-3));
    }
  }

  @Property
  void draw_neverTakesWhatCannotBe(@ForAll @DoubleRange(min = 0, max = 0.99) double uniform) {
    double[] logits = {Double.NEGATIVE_INFINITY, 800, 801, -1e6, Double.NEGATIVE_INFINITY};
    assertThat(Categorical.draw(logits, uniform)).isBetween(1, 2);
  }

  @Provide
  Arbitrary<double[]> logits() {
    return Arbitraries.doubles().between(-4, 4).array(double[].class).ofMinSize(2).ofMaxSize(6);
  }
}
