package dev.sluice.trainer.shapes;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;

/** Between 8-bit images and the networks' {@code [3, height, width]} in [-1, 1]. */
public final class Pixels {

  private Pixels() {}

  /** Channels first; 0 becomes -1 and 255 becomes 1. */
  public static float[] fromImage(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    int plane = width * height;
    int[] rgb = image.getRGB(0, 0, width, height, null, 0, width);
    float[] pixels = new float[3 * plane];
    for (int i = 0; i < plane; i++) {
      pixels[i] = toFloat(rgb[i] >> 16);
      pixels[plane + i] = toFloat(rgb[i] >> 8);
      pixels[2 * plane + i] = toFloat(rgb[i]);
    }
    return pixels;
  }

  /**
   * The reverse of {@link #fromImage}; values outside [-1, 1] are clamped.
   *
   * @throws IllegalArgumentException if the array is not {@code [3, height, width]}
   */
  public static BufferedImage toImage(float[] pixels, int width, int height) {
    int plane = width * height;
    if (pixels.length != 3 * plane) {
      throw new IllegalArgumentException(
          "A picture of [3, %d, %d] has %d values, got %d"
              .formatted(height, width, 3 * plane, pixels.length));
    }
    int[] rgb = new int[plane];
    for (int i = 0; i < plane; i++) {
      rgb[i] =
          toByte(pixels[i]) << 16 | toByte(pixels[plane + i]) << 8 | toByte(pixels[2 * plane + i]);
    }
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, width, height, rgb, 0, width);
    return image;
  }

  private static float toFloat(int value) {
    return (value & 0xff) / 127.5f - 1;
  }

  private static int toByte(float value) {
    return Math.max(0, Math.min(255, Math.round((value + 1) * 127.5f)));
  }

  /** A square picture, {@code [3, side, side]} in [-1, 1], as a PNG file. */
  public static byte[] png(float[] pixels) {
    int side = side(pixels);
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    try {
      ImageIO.write(toImage(pixels, side, side), "png", png);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return png.toByteArray();
  }

  /** The side of a square picture, {@code [3, side, side]}. */
  public static int side(float[] pixels) {
    return (int) Math.round(Math.sqrt(pixels.length / 3.0));
  }
}
