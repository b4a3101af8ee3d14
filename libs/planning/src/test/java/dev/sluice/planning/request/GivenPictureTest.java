package dev.sluice.planning.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.contract.TensorMessages;
import dev.sluice.planning.picture.Pixels;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GivenPictureTest {

  private static GivenPicture of(int... argb) {
    return new GivenPicture(
        "image", new Pixels(argb.length, 1, argb), new ImageSize(argb.length, 1));
  }

  @Test
  void read_tellsWhichFieldIsNoPicture() {
    assertThatThrownBy(() -> GivenPicture.read("mask", new byte[] {'G', 'I', 'F', '8', '9', 'a'}))
        .isInstanceOf(RequestException.class)
        .hasMessage("The mask is a GIF file; send a PNG, JPEG or WebP file.");
  }

  @Test
  void colors_liesOnWhite() {
    float[] values = TensorMessages.floats("t", of(0x00ff0000, 0x80000000, 0xff102030).colors());

    assertThat(values).containsExactly(1, on(127), on(16), 1, on(127), on(32), 1, on(127), on(48));
  }

  private static float on(int value) {
    return value / 127.5f - 1;
  }

  /** The middle of grey parts what is kept from what is painted, in each of the three channels. */
  @ParameterizedTest
  @CsvSource({
    "ff000000, 0",
    "ff7f7f7f, 0",
    "ff808080, 1",
    "ffffffff, 1",
    "ff0000ff, 0",
    "ff00ff00, 1",
    "ffff0000, 0"
  })
  void asMask_paintsWhatIsLight(String argb, float paint) {
    int pixel = Integer.parseUnsignedInt(argb, 16);

    assertThat(TensorMessages.floats("t", of(pixel, 0xff000000).asMask().paint()))
        .containsExactly(paint, 0);
  }

  @Test
  void asMask_paintsHolesWhateverTheirColor() {
    GivenPicture mask = of(0x00000000, 0x00ffffff, 0xff000000, 0xffffffff, 0x7fffffff, 0x80000000);

    assertThat(TensorMessages.floats("t", mask.asMask().paint())).containsExactly(1, 1, 0, 0, 1, 0);
  }

  @Test
  void painted_countsWhatADenoiserSees() {
    int[] argb = new int[16];
    Arrays.fill(argb, 0xff000000);
    argb[5] = 0xffffffff;
    GivenPicture mask = new GivenPicture("mask", new Pixels(4, 4, argb), new ImageSize(4, 4));

    assertThat(mask.painted(1)).isEqualTo(1);
    assertThat(mask.painted(2)).isZero();
  }
}
