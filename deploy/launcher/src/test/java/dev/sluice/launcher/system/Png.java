package dev.sluice.launcher.system;

import com.google.protobuf.ByteString;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;

/** Compares PNG files by what they show. */
final class Png {

  private Png() {}

  /** The largest difference of any channel of any pixel, in 1/255; the sizes must agree. */
  static int largestDifference(ByteString one, ByteString other) {
    BufferedImage a = read(one);
    BufferedImage b = read(other);
    if (a.getWidth() != b.getWidth() || a.getHeight() != b.getHeight()) {
      throw new AssertionError("The pictures differ in size");
    }
    int largest = 0;
    for (int y = 0; y < a.getHeight(); y++) {
      for (int x = 0; x < a.getWidth(); x++) {
        for (int shift = 0; shift < 24; shift += 8) {
          int difference = (a.getRGB(x, y) >> shift & 255) - (b.getRGB(x, y) >> shift & 255);
          largest = Math.max(largest, Math.abs(difference));
        }
      }
    }
    return largest;
  }

  /**
   * The largest difference to a picture of floats.
   *
   * @param expected {@code [1, height, width, 3]} in [0, 1], of the PNG's size
   */
  static double largestDifference(ByteString png, float[] expected) {
    BufferedImage picture = read(png);
    if (expected.length != picture.getHeight() * picture.getWidth() * 3) {
      throw new AssertionError("The pictures differ in size");
    }
    double largest = 0;
    for (int i = 0; i < expected.length; i++) {
      int pixel = picture.getRGB(i / 3 % picture.getWidth(), i / 3 / picture.getWidth());
      double channel = (pixel >> (16 - 8 * (i % 3)) & 255) / 255.0;
      largest = Math.max(largest, Math.abs(channel - expected[i]));
    }
    return largest;
  }

  private static BufferedImage read(ByteString png) {
    try {
      return ImageIO.read(png.newInput());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
