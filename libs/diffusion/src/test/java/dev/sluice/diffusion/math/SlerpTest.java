package dev.sluice.diffusion.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlerpTest {

  /** Two vectors that do not point in opposite directions. */
  record Ends(float[] from, float[] to) {}

  /** The first values are positive, so that no two are opposite. */
  @Provide
  Arbitrary<Ends> ends() {
    Arbitrary<Float> any = Arbitraries.floats().between(-4, 4);
    return Arbitraries.integers()
        .between(1, 9)
        .flatMap(
            width ->
                any.array(float[].class)
                    .ofSize(2 * width)
                    .map(
                        values -> {
                          float[] from = new float[width + 1];
                          float[] to = new float[width + 1];
                          System.arraycopy(values, 0, from, 1, width);
                          System.arraycopy(values, width, to, 1, width);
                          from[0] = 1;
                          to[0] = 2;
                          return new Ends(from, to);
                        }));
  }

  private static double dot(float[] one, float[] other) {
    return IntStream.range(0, one.length).mapToDouble(i -> (double) one[i] * other[i]).sum();
  }

  private static double norm(float[] vector) {
    return Math.sqrt(dot(vector, vector));
  }

  private static double angle(float[] one, float[] other) {
    return Math.acos(Math.max(-1, Math.min(1, dot(one, other) / norm(one) / norm(other))));
  }

  @Property(tries = 200)
  void between_beginsAtOneEndAndStopsAtTheOther(@ForAll("ends") Ends ends) {
    assertThat(Slerp.between(ends.from, ends.to, 0)).containsExactly(ends.from, within(1e-5f));
    assertThat(Slerp.between(ends.from, ends.to, 1)).containsExactly(ends.to, within(1e-5f));
  }

  @Property(tries = 200)
  void between_turnsEvenly(
      @ForAll("ends") Ends ends, @ForAll @DoubleRange(min = 0, max = 1) double share) {
    float[] between = Slerp.between(ends.from, ends.to, share);

    double whole = angle(ends.from, ends.to);
    // The arc cosine loses half of the digits near 0.
    assertThat(angle(ends.from, between)).isCloseTo(share * whole, within(1e-3));
    assertThat(angle(between, ends.to)).isCloseTo((1 - share) * whole, within(1e-3));
  }

  @Property(tries = 200)
  void between_changesTheLengthEvenly(
      @ForAll("ends") Ends ends, @ForAll @DoubleRange(min = 0, max = 1) double share) {
    assertThat(norm(Slerp.between(ends.from, ends.to, share)))
        .isCloseTo((1 - share) * norm(ends.from) + share * norm(ends.to), within(1e-4));
  }

  @Property(tries = 200)
  void between_isTheSameFromTheOtherEnd(
      @ForAll("ends") Ends ends, @ForAll @DoubleRange(min = 0, max = 1) double share) {
    assertThat(Slerp.between(ends.from, ends.to, share))
        .containsExactly(Slerp.between(ends.to, ends.from, 1 - share), within(1e-5f));
  }

  @Property(tries = 200)
  void between_goesOnWhereAPartOfTheWayEnds(
      @ForAll("ends") Ends ends,
      @ForAll @DoubleRange(min = 0, max = 1) double first,
      @ForAll @DoubleRange(min = 0, max = 1) double second) {
    float[] part = Slerp.between(ends.from, ends.to, first);

    assertThat(Slerp.between(ends.from, part, second))
        .containsExactly(Slerp.between(ends.from, ends.to, first * second), within(1e-4f));
  }

  @Test
  void between_halvesARightAngle() {
    float half = (float) Math.sqrt(0.5);

    assertThat(Slerp.between(new float[] {2, 0}, new float[] {0, 4}, 0.5))
        .containsExactly(new float[] {3 * half, 3 * half}, within(1e-6f));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
  void between_refusesAShareThatIsNone(double share) {
    assertThatThrownBy(() -> Slerp.between(new float[] {1, 0}, new float[] {0, 1}, share))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected 0 to 1");
  }

  @Test
  void between_saysWhyThereIsNoArc() {
    assertThatThrownBy(() -> Slerp.between(new float[] {1, 2}, new float[] {-2, -4}, 0.5))
        .hasMessageContaining("opposite");
    assertThatThrownBy(() -> Slerp.between(new float[] {1, 2}, new float[] {0, 0}, 0.5))
        .hasMessageContaining("no direction");
    assertThatThrownBy(() -> Slerp.between(new float[] {1, 2}, new float[] {1}, 0.5))
        .hasMessageContaining("found 2 and 1 values");
  }
}
