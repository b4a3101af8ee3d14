package dev.sluice.clients;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.function.IntBinaryOperator;
import javax.imageio.ImageIO;

/** Pictures to send, and what came back. */
final class Pictures {

  private Pictures() {}

  /**
   * A PNG file.
   *
   * @param argb of a place
   */
  static byte[] png(int side, IntBinaryOperator argb) throws IOException {
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_ARGB);
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        image.setRGB(x, y, argb.applyAsInt(x, y));
      }
    }
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    ImageIO.write(image, "png", file);
    return file.toByteArray();
  }

  /** Colors without a pattern that a network could make by chance. */
  static byte[] colorful(int side) throws IOException {
    return png(side, (x, y) -> 0xff000000 | 0x010203 * (x + side * y) & 0xffffff);
  }

  /** Transparent, which means to be painted, on the right. */
  static byte[] maskOfTheRight(int side) throws IOException {
    return png(side, (x, y) -> x < side / 2 ? 0xff000000 : 0);
  }

  static BufferedImage read(String base64) throws IOException {
    return read(Base64.getDecoder().decode(base64));
  }

  static BufferedImage read(byte[] file) throws IOException {
    return ImageIO.read(new ByteArrayInputStream(file));
  }
}
