package dev.sluice.pipeline.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.math.Resampling;
import dev.sluice.networks.tensor.HostTensor;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ImagePreprocessingTest {

  private static final List<Double> MEAN = List.of(0.5, 0.25, 0.75);
  private static final List<Double> DEVIATION = List.of(0.5, 0.25, 2.0);

  private static ImagePreprocessing to(int size) {
    return new ImagePreprocessing(size, Resampling.BICUBIC_ANTIALIAS, size, size, MEAN, DEVIATION);
  }

  /** Channel {@code c} of pixel {@code (y, x)} is the byte {@code 40 c + 10 y + x}. */
  private static HostTensor.Floats picture(int height, int width) {
    float[] values = new float[3 * height * width];
    for (int i = 0; i < values.length; i++) {
      int value = 40 * (i / (height * width)) + 10 * (i / width % height) + i % width;
      values[i] = value / 127.5f - 1;
    }
    return new HostTensor.Floats(values, 1, 3, height, width);
  }

  private static double normalised(int channel, int value) {
    return (value / 255.0 - MEAN.get(channel)) / DEVIATION.get(channel);
  }

  @Test
  void apply_normalisesByChannelWhenTheSizeIsRight() {
    HostTensor.Floats pixels = to(4).apply(picture(4, 4));

    assertThat(pixels.shape()).containsExactly(1, 3, 4, 4);
    assertThat(pixels.values()[0]).isCloseTo((float) normalised(0, 0), within(1e-6f));
    assertThat(pixels.values()[16 + 6]).isCloseTo((float) normalised(1, 52), within(1e-6f));
    assertThat(pixels.values()[47]).isCloseTo((float) normalised(2, 113), within(1e-6f));
  }

  @Test
  void apply_cutsOutTheMiddleOfTheLongerSide() {
    HostTensor.Floats pixels = to(4).apply(picture(4, 9));

    // Five columns too many: two go on the left, three on the right.
    assertThat(pixels.shape()).containsExactly(1, 3, 4, 4);
    assertThat(pixels.values()[0]).isCloseTo((float) normalised(0, 2), within(1e-6f));
    assertThat(pixels.values()[3]).isCloseTo((float) normalised(0, 5), within(1e-6f));
  }

  @Test
  void apply_bringsTheShorterSideToTheEncodersSize() {
    float[] gray = new float[3 * 20 * 31];
    HostTensor.Floats pixels = to(8).apply(new HostTensor.Floats(gray, 1, 3, 20, 31));

    assertThat(pixels.shape()).containsExactly(1, 3, 8, 8);
    // Zero is the middle between two bytes, of which the greater is taken.
    for (int i = 0; i < 64; i++) {
      assertThat(pixels.values()[i]).isCloseTo((float) normalised(0, 128), within(1e-6f));
    }
  }

  @Test
  void apply_fillsUpWithBlackWhatIsSmallerThanTheCut() {
    ImagePreprocessing cut =
        new ImagePreprocessing(0, Resampling.BICUBIC_ANTIALIAS, 4, 4, MEAN, DEVIATION);

    HostTensor.Floats pixels = cut.apply(picture(2, 2));

    assertThat(pixels.values()[0]).isCloseTo((float) normalised(0, 0), within(1e-6f));
    assertThat(pixels.values()[16]).isCloseTo((float) normalised(1, 0), within(1e-6f));
    assertThat(pixels.values()[16 + 5]).isCloseTo((float) normalised(1, 40), within(1e-6f));
  }

  @Test
  void apply_wantsOnePictureInColors() {
    HostTensor.Floats gray = new HostTensor.Floats(new float[16], 1, 1, 4, 4);

    assertThatThrownBy(() -> to(4).apply(gray))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[1, 3, height, width]");
  }

  @Test
  void of_readsWhatTheModelSays() {
    Path goldens = Path.of(System.getProperty("sluice.goldens"));
    ModelFolder model = ModelFolder.open(goldens.resolve("pipe-unclip-image-variation"));

    ImagePreprocessing preprocessing = ImagePreprocessing.of(model, 224);

    assertThat(preprocessing.shortestEdge()).isEqualTo(24);
    assertThat(preprocessing.cropHeight()).isEqualTo(24);
    assertThat(preprocessing.resampling()).isEqualTo(Resampling.BICUBIC_ANTIALIAS);
    assertThat(preprocessing.mean()).containsExactly(0.48145466, 0.4578275, 0.40821073);
  }
}
