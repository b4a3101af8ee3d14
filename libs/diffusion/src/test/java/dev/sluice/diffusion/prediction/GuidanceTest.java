package dev.sluice.diffusion.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.diffusion.random.TorchGenerator;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.Size;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class GuidanceTest {

  private static final float[] UNCONDITIONAL = new TorchGenerator(1).randn(48);
  private static final float[] CONDITIONAL = new TorchGenerator(2).randn(48);

  @Property(tries = 50)
  void classifierFree_atScale1IsTheConditionalAnswer(
      @ForAll @Size(8) @FloatRange(min = -9, max = 9) float[] unconditional,
      @ForAll @Size(8) @FloatRange(min = -9, max = 9) float[] conditional) {
    assertThat(Guidance.classifierFree(unconditional, conditional, 1)).isEqualTo(conditional);
  }

  @Test
  void classifierFree_atScale0IsTheUnconditionalAnswer() {
    assertThat(Guidance.classifierFree(UNCONDITIONAL, CONDITIONAL, 0)).isEqualTo(UNCONDITIONAL);
  }

  @Test
  void classifierFreeWithVariance_guidesTheFirstHalfOnly() {
    float[] guided = Guidance.classifierFreeWithVariance(UNCONDITIONAL, CONDITIONAL, 4);
    float[] all = Guidance.classifierFree(UNCONDITIONAL, CONDITIONAL, 4);
    assertThat(Arrays.copyOf(guided, 24)).isEqualTo(Arrays.copyOf(all, 24));
    assertThat(Arrays.copyOfRange(guided, 24, 48))
        .isEqualTo(Arrays.copyOfRange(CONDITIONAL, 24, 48));
  }

  @Test
  void rescale_atFullStrengthHasTheConditionalContrast() {
    float[] guided = Guidance.classifierFree(UNCONDITIONAL, CONDITIONAL, 9);
    float[] rescaled = Guidance.rescale(guided, CONDITIONAL, 48, 1);
    assertThat(variance(rescaled)).isCloseTo(variance(CONDITIONAL), Offset.offset(1e-4));
    assertThat(Guidance.rescale(guided, CONDITIONAL, 48, 0)).isEqualTo(guided);
  }

  @Test
  void rescale_leavesAPredictedVarianceAsItIs() {
    float[] guided = Guidance.classifierFreeWithVariance(UNCONDITIONAL, CONDITIONAL, 9);
    float[] rescaled = Guidance.rescale(guided, CONDITIONAL, 24, 0.7);
    float[] alone =
        Guidance.rescale(Arrays.copyOf(guided, 24), Arrays.copyOf(CONDITIONAL, 24), 24, 0.7);
    assertThat(Arrays.copyOf(rescaled, 24)).isEqualTo(alone);
    assertThat(Arrays.copyOfRange(rescaled, 24, 48))
        .isEqualTo(Arrays.copyOfRange(CONDITIONAL, 24, 48));
  }

  private static double variance(float[] values) {
    double sum = 0;
    double squares = 0;
    for (float value : values) {
      sum += value;
      squares += value * value;
    }
    return squares / values.length - Math.pow(sum / values.length, 2);
  }

  @Test
  void guidance_refusesAnswersOfDifferentLengths() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Guidance.classifierFree(new float[3], new float[4], 2))
        .withMessageContaining("3 and 4");
  }
}
