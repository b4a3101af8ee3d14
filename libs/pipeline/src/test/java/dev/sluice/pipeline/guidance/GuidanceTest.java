package dev.sluice.pipeline.guidance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.pipeline.batch.ToyNetwork;
import dev.sluice.pipeline.request.GuidanceOptions;
import dev.sluice.pipeline.request.Sampling;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuidanceTest {

  private static final Condition WANTED = ToyNetwork.condition(1);
  private static final Condition NOTHING = ToyNetwork.condition(0);

  /** Answers of two values; the conditional one has a deviation. */
  private static final List<float[]> ANSWERS = List.of(new float[] {0, 0}, new float[] {1, -1});

  private static final Offset<Float> NEAR = Offset.offset(1e-6f);

  private static Guidance guidance(Sampling sampling) {
    return Guidance.classifierFree(() -> NOTHING, WANTED, sampling);
  }

  private static Sampling rescaled(double share) {
    return Sampling.of(5, 3).guided(new GuidanceOptions(share, 0, 1));
  }

  @Test
  void conditions_areTheUnconditionalFirst() {
    assertThat(guidance(Sampling.of(5, 1.5)).conditions()).containsExactly(NOTHING, WANTED);
  }

  @Test
  void conditions_areTheConditionAloneAtAScaleOfOne() {
    assertThat(guidance(Sampling.of(5, 1)).conditions()).containsExactly(WANTED);
  }

  @Test
  void combine_exaggeratesTheConditionByTheScale() {
    assertThat(guidance(Sampling.of(5, 3)).combine(ANSWERS, 2)).containsExactly(3, -3);
  }

  @Test
  void combine_rescaledWhollyHasTheDeviationOfTheConditionalAnswer() {
    assertThat(guidance(rescaled(1)).combine(ANSWERS, 2))
        .containsExactly(new float[] {1, -1}, NEAR);
  }

  @Test
  void combine_rescaledByHalfLiesHalfWay() {
    assertThat(guidance(rescaled(0.5)).combine(ANSWERS, 2))
        .containsExactly(new float[] {2, -2}, NEAR);
  }

  @Test
  void combine_keepsTheConditionalVariance() {
    List<float[]> withVariance = List.of(new float[] {0, 0, 5, 6}, new float[] {1, -1, 7, 8});

    assertThat(guidance(Sampling.of(5, 3)).combine(withVariance, 2)).containsExactly(3, -3, 7, 8);
    assertThat(guidance(rescaled(1)).combine(withVariance, 2))
        .containsExactly(new float[] {1, -1, 7, 8}, NEAR);
    assertThat(Guidance.withoutVariance(guidance(Sampling.of(5, 3))).combine(withVariance, 2))
        .containsExactly(3, -3);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.5, 1.5, Double.NaN})
  void rescaled_rejectsWhatIsNoShare(double share) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rescaled(share))
        .withMessage("guidance_rescale is " + share + "; expected 0 to 1");
  }

  @Test
  void unguided_asksAboutTheConditionAlone() {
    Guidance guidance = guidance(Sampling.of(5, 3));

    assertThat(guidance.unguided().conditions()).containsExactly(WANTED);
    assertThat(Guidance.withoutVariance(guidance).unguided().conditions()).containsExactly(WANTED);
    assertThat(guidance.unguided().unguided()).isEqualTo(guidance.unguided());
  }
}
