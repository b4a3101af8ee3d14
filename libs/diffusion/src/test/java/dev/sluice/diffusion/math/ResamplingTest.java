package dev.sluice.diffusion.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.diffusion.Goldens;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.safetensors.SafetensorsFile;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ResamplingTest {

  static List<String> interpolations() {
    try (SafetensorsFile golden = Goldens.tensors("torch-ops")) {
      return golden.names().stream().filter(name -> name.startsWith("out.interp.")).toList();
    }
  }

  @ParameterizedTest
  @MethodSource("interpolations")
  void resize_agreesWithTorchInterpolate(String name) {
    try (SafetensorsFile golden = Goldens.tensors("torch-ops")) {
      long[] from = golden.info("in.interp").shape();
      long[] to = golden.info(name).shape();
      float[] resized =
          method(name)
              .resize(
                  golden.floats("in.interp"),
                  (int) from[1],
                  (int) from[2],
                  (int) from[3],
                  (int) to[2],
                  (int) to[3]);
      assertThat(Goldens.relativeError(resized, golden.floats(name))).isLessThan(1e-6);
    }
  }

  private static Resampling method(String name) {
    String suffix = name.contains("aa1") ? "_ANTIALIAS" : "";
    suffix = name.contains("align1") ? "_ALIGN_CORNERS" : suffix;
    return Resampling.valueOf(name.split("\\.")[2].toUpperCase(Locale.ROOT) + suffix);
  }

  @Test
  void area_ofHalfTheSizeIsAveragePooling() {
    try (SafetensorsFile golden = Goldens.tensors("torch-ops")) {
      float[] pooled = Resampling.AREA.resize(golden.floats("in.interp"), 3, 8, 10, 4, 5);
      assertThat(Goldens.relativeError(pooled, golden.floats("out.avgpool2"))).isLessThan(1e-6);
    }
  }

  @Property(tries = 60)
  void resize_keepsAConstantImageConstant(
      @ForAll Resampling method,
      @ForAll @IntRange(min = 1, max = 9) int height,
      @ForAll @IntRange(min = 1, max = 9) int width,
      @ForAll @IntRange(min = 1, max = 20) int toHeight,
      @ForAll @IntRange(min = 1, max = 20) int toWidth) {
    float[] image = new float[2 * height * width];
    Arrays.fill(image, 0.75f);

    float[] resized = method.resize(image, 2, height, width, toHeight, toWidth);

    assertThat(resized).hasSize(2 * toHeight * toWidth);
    for (float value : resized) {
      assertThat(value).isCloseTo(0.75f, Offset.offset(1e-6f));
    }
  }

  @Property(tries = 40)
  void resize_toTheSameSizeChangesNothing(
      @ForAll Resampling method,
      @ForAll @IntRange(min = 1, max = 9) int height,
      @ForAll @IntRange(min = 1, max = 9) int width) {
    float[] image = new TorchGenerator(height * 31L + width).randn(3 * height * width);

    assertThat(method.resize(image, 3, height, width, height, width)).isEqualTo(image);
  }

  @Test
  void resize_refusesAnImageOfAnotherSize() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Resampling.NEAREST.resize(new float[5], 1, 2, 3, 4, 4))
        .withMessageContaining("needs 6");
  }
}
