package dev.sluice.gateway.picture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.planning.picture.PictureFile;
import dev.sluice.planning.picture.Pixels;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PictureFormatTest {

  private static final int SIDE = 48;

  /** Smooth, so that few bits are enough. */
  private static byte[] png() throws IOException {
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        image.setRGB(x, y, 4 * x << 16 | 5 * y << 8 | 2 * (x + y));
      }
    }
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    ImageIO.write(image, "png", file);
    return file.toByteArray();
  }

  @ParameterizedTest
  @EnumSource(PictureFormat.class)
  void of_keepsThePicture(PictureFormat format) throws Exception {
    Pixels before = PictureFile.read(png()).pixels();

    Pixels after = PictureFile.read(format.of(png(), 100)).pixels();

    assertThat(after.width()).isEqualTo(SIDE);
    assertThat(after.height()).isEqualTo(SIDE);
    long apart = 0;
    for (int i = 0; i < SIDE * SIDE; i++) {
      for (int channel = 0; channel < 3; channel++) {
        apart +=
            Math.abs(
                Pixels.value(before.argb()[i], channel) - Pixels.value(after.argb()[i], channel));
      }
    }
    assertThat((double) apart / (3 * SIDE * SIDE))
        .isLessThan(format == PictureFormat.PNG ? 1e-9 : 3);
  }

  @Test
  void of_writesTheFormatThatItSays() throws Exception {
    assertThat(PictureFormat.PNG.of(png(), 0)).isEqualTo(png());
    assertThat(PictureFormat.JPEG.of(png(), 90)).startsWith(0xff, 0xd8, 0xff);
    assertThat(new String(PictureFormat.WEBP.of(png(), 90), StandardCharsets.ISO_8859_1))
        .startsWith("RIFF")
        .contains("WEBPVP8");
  }

  @ParameterizedTest
  @EnumSource(value = PictureFormat.class, names = "PNG", mode = EnumSource.Mode.EXCLUDE)
  void of_makesSmallerFilesOfLessQuality(PictureFormat format) throws Exception {
    assertThat(format.of(png(), 10).length).isLessThan(format.of(png(), 95).length);
  }
}
