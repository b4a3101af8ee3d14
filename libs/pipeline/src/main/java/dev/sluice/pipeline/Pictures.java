package dev.sluice.pipeline;

import dev.sluice.networks.graph.HostTensor;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** From a network's picture to a file. */
public final class Pictures {

  private static final int GREY = 1;
  private static final int RGB = 3;

  private Pictures() {}

  /**
   * A PNG file, 8 bits a channel, with pixels rounded as diffusers rounds them.
   *
   * @param picture {@code [1, channels, height, width]} in [-1, 1], where values beyond are cut
   *     off; 3 channels are red, green and blue, 1 is grey
   */
  public static byte[] png(HostTensor.Floats picture) {
    BufferedImage image = toImage(picture);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
      if (!ImageIO.write(image, "png", stream)) {
        throw new IllegalStateException("this Java runtime has no writer for PNG");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("an array in memory refused a write", e);
    }
    return bytes.toByteArray();
  }

  private static BufferedImage toImage(HostTensor.Floats picture) {
    int[] shape = picture.shape();
    if (shape.length != 4 || shape[0] != 1 || shape[1] != RGB && shape[1] != GREY) {
      throw new IllegalArgumentException(
          "a picture must be [1, 3, height, width] or [1, 1, height, width], found "
              + Arrays.toString(shape));
    }
    int height = shape[2];
    int width = shape[3];
    int area = height * width;
    int green = shape[1] == RGB ? area : 0;
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    float[] values = picture.values();
    for (int i = 0; i < area; i++) {
      int rgb =
          toByte(values[i]) << 16 | toByte(values[i + green]) << 8 | toByte(values[i + 2 * green]);
      image.setRGB(i % width, i / width, rgb);
    }
    return image;
  }

  /**
   * A value in [-1, 1] as a byte, 0 to 255: in single precision and half to even, as numpy rounds.
   */
  public static int toByte(float value) {
    float unit = Math.max(0, Math.min(1, value * 0.5f + 0.5f));
    return (int) Math.rint(unit * 255);
  }
}
