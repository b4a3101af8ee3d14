package dev.sluice.pipeline.loop;

import static dev.sluice.pipeline.request.TensorNames.IMAGE;
import static dev.sluice.pipeline.request.TensorNames.MASK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.diffusion.Samplers;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.request.DenoiseRequest;
import dev.sluice.pipeline.request.Sampling;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KnownRegionTest {

  /** Two channels of two pixels, of which the second is painted. */
  private static final int[] SHAPE = {1, 2, 1, 2};

  private static final HostTensor.Floats ORIGINAL = floats(SHAPE, 0.1f, 0.2f, 0.3f, 0.4f);
  private static final HostTensor.Floats NOISE = floats(SHAPE, 5, 6, 7, 8);
  private static final float[] SAMPLE = {10, 20, 30, 40};

  private static HostTensor.Floats floats(int[] shape, float... values) {
    return new HostTensor.Floats(values, shape);
  }

  private static KnownRegion region(float... mask) {
    return new KnownRegion(ORIGINAL, NOISE, floats(new int[] {1, 1, 1, 2}, mask));
  }

  private static SamplingPlan plan(String sampler) {
    return Samplers.fromConfig(Map.of("_class_name", sampler)).plan(4);
  }

  /** DDIM's timesteps are 750, 500, 250, 0; diffusers' blending, in double precision. */
  @Test
  void restore_mixesTheOriginalWithTheNoiseOfTheNextStep() {
    double alphaBar = 1;
    for (int t = 0; t <= 500; t++) {
      alphaBar *= 1 - (0.0001 + (0.02 - 0.0001) * t / 999);
    }
    float[] restored = region(0, 1).restore(SAMPLE, plan("DDIMScheduler"), 1);

    assertThat(restored[0]).isCloseTo(known(alphaBar, 0.1, 5), offset());
    assertThat(restored[1]).isEqualTo(20);
    assertThat(restored[2]).isCloseTo(known(alphaBar, 0.3, 7), offset());
    assertThat(restored[3]).isEqualTo(40);
  }

  private static float known(double alphaBar, double original, double noise) {
    return (float) (Math.sqrt(alphaBar) * original + Math.sqrt(1 - alphaBar) * noise);
  }

  private static org.assertj.core.data.Offset<Float> offset() {
    return org.assertj.core.data.Offset.offset(2e-4f);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DDIMScheduler",
        "DPMSolverMultistepScheduler",
        "EulerDiscreteScheduler",
        "FlowMatchEulerDiscreteScheduler",
        "PNDMScheduler"
      })
  void restore_leavesTheOriginalItselfAfterTheLastStep(String sampler) {
    SamplingPlan plan = plan(sampler);

    assertThat(region(0, 1).restore(SAMPLE, plan, plan.length()))
        .containsExactly(0.1f, 20, 0.3f, 40);
    assertThat(region(1, 1).restore(SAMPLE, plan, 2)).containsExactly(SAMPLE);
    assertThat(region(0, 0).restore(SAMPLE, plan, 2))
        .containsExactly(plan.noised(2, ORIGINAL.values(), NOISE.values()));
  }

  @Test
  void masks_areReadAtTheUpperLeftPixelOfEachValue() {
    float[] mask = new float[4 * 8];
    mask[3] = 1;
    mask[4] = 1;
    DenoiseRequest request = request(floats(new int[] {1, 1, 4, 8}, mask));

    HostTensor.Floats small = KnownRegion.masks(request, 4);

    assertThat(small.shape()).containsExactly(1, 1, 1, 2);
    assertThat(small.values()).containsExactly(0, 1);
  }

  @Test
  void masks_mustCoverThePictureAndFallOnWholeValues() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> KnownRegion.masks(request(floats(new int[] {1, 1, 4, 4}, new float[16])), 4))
        .withMessage(
            "the mask has the shape [1, 1, 4, 4]; expected [1, 1, 4, 8], as large as the picture");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> KnownRegion.masks(request(floats(new int[] {1, 1, 4, 8}, new float[32])), 3))
        .withMessageContaining("both must be multiples of 3");
  }

  private static DenoiseRequest request(HostTensor mask) {
    HostTensor picture = floats(new int[] {1, 3, 4, 8}, new TorchGenerator(1).randn(96));
    return DenoiseRequest.of(Map.of(IMAGE, picture, MASK, mask), Sampling.ofSteps(4));
  }
}
