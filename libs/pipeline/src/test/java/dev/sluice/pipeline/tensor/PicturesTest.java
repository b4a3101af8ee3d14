package dev.sluice.pipeline.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.networks.tensor.HostTensor;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class PicturesTest {

  @Test
  void png_roundsAsTheReferenceAndKeepsChannelsAndRowsInOrder() throws IOException {
    // 0.5 * 255 is 127.5 and half goes to even: 128; 0.1 * 0.5 + 0.5 is 140.25 of 255.
    float[] red = {-1, 1, 0, 0.1f, -7, 7};
    float[] green = {1, -1, -1, -1, -1, -1};
    float[] blue = {-1, -1, -1, -1, 1, -1};
    float[] values = new float[18];
    System.arraycopy(red, 0, values, 0, 6);
    System.arraycopy(green, 0, values, 6, 6);
    System.arraycopy(blue, 0, values, 12, 6);

    BufferedImage image = decode(Pictures.png(new HostTensor.Floats(values, 1, 3, 2, 3)));

    assertThat(image.getWidth()).isEqualTo(3);
    assertThat(image.getHeight()).isEqualTo(2);
    assertThat(image.getRGB(0, 0, 3, 2, null, 0, 3))
        .containsExactly(0xff00ff00, 0xffff0000, 0xff800000, 0xff8c0000, 0xff0000ff, 0xffff0000);
  }

  @Test
  void png_showsOneChannelAsGrey() throws IOException {
    BufferedImage image =
        decode(Pictures.png(new HostTensor.Floats(new float[] {-1, 1}, 1, 1, 1, 2)));

    assertThat(image.getRGB(0, 0, 2, 1, null, 0, 2)).containsExactly(0xff000000, 0xffffffff);
  }

  @Test
  void png_refusesWhatIsNoPicture() {
    assertThatThrownBy(() -> Pictures.png(new HostTensor.Floats(new float[16], 1, 4, 2, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[1, 4, 2, 2]");
  }

  private static BufferedImage decode(byte[] png) throws IOException {
    return ImageIO.read(new ByteArrayInputStream(png));
  }
}
