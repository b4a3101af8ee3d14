package dev.sluice.planning.picture;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * Colors from stored samples. Java's own way goes through color spaces, where the same grey is
 * another color than in a picture of three channels.
 */
final class ComponentRows {

  private static final int OPAQUE = 0xff000000;

  private ComponentRows() {}

  static Pixels.Rows of(BufferedImage picture) {
    return picture.getColorModel() instanceof IndexColorModel palette
        ? ofPalette(picture.getRaster(), palette)
        : of(picture.getRaster(), picture.getColorModel().getComponentSize(0));
  }

  private static Pixels.Rows ofPalette(Raster raster, IndexColorModel palette) {
    int[] indices = new int[raster.getWidth()];
    return (y, argb) -> {
      raster.getSamples(0, y, indices.length, 1, 0, indices);
      for (int x = 0; x < indices.length; x++) {
        argb[x] = indices[x] < palette.getMapSize() ? palette.getRGB(indices[x]) : OPAQUE;
      }
    };
  }

  /**
   * @param raster of 1 channel (grey), 2 (with opacity), 3 (red, green, blue) or 4 (with opacity)
   * @param bits of a sample
   */
  static Pixels.Rows of(Raster raster, int bits) {
    int bands = raster.getNumBands();
    int most = (1 << bits) - 1;
    int[] samples = new int[raster.getWidth() * bands];
    return (y, argb) -> {
      raster.getPixels(0, y, argb.length, 1, samples);
      for (int x = 0; x < argb.length; x++) {
        int at = x * bands;
        int red = scaled(samples[at], most);
        boolean grey = bands < 3;
        int green = grey ? red : scaled(samples[at + 1], most);
        int blue = grey ? red : scaled(samples[at + 2], most);
        int opacity = bands % 2 == 1 ? 0xff : scaled(samples[at + bands - 1], most);
        argb[x] = opacity << 24 | red << 16 | green << 8 | blue;
      }
    };
  }

  /** To 0 to 255. */
  private static int scaled(int sample, int most) {
    return most == 0xff ? sample : (int) ((sample * 255L + most / 2) / most);
  }

  /**
   * Inks, without a profile as the reference makes colors of them: each is as bright as its ink and
   * black together let it be.
   *
   * @param raster cyan, magenta, yellow and black, or {@code Y Cb Cr} of them and black
   * @param inverted whether 255 stands for no ink, as Adobe's programs write it
   */
  static Pixels.Rows ofInks(Raster raster, boolean luminance, boolean inverted) {
    int[] inks = new int[raster.getWidth() * 4];
    return (y, argb) -> {
      raster.getPixels(0, y, argb.length, 1, inks);
      for (int x = 0; x < argb.length; x++) {
        if (luminance) {
          fromLuminance(inks, x * 4);
        }
        int black = light(inks[x * 4 + 3], inverted);
        int color = 0xff;
        for (int ink = 0; ink < 3; ink++) {
          color = color << 8 | (light(inks[x * 4 + ink], inverted) * black + 127) / 255;
        }
        argb[x] = color;
      }
    };
  }

  private static int light(int ink, boolean inverted) {
    return inverted ? ink : 255 - ink;
  }

  /** ITU-R 601 (JFIF 1.02), whose red, green and blue stand for the lack of the inks here. */
  private static void fromLuminance(int[] samples, int at) {
    double luma = samples[at];
    double blue = samples[at + 1] - 128;
    double red = samples[at + 2] - 128;
    samples[at] = 255 - byteOf(luma + 1.402 * red);
    samples[at + 1] = 255 - byteOf(luma - 0.344136 * blue - 0.714136 * red);
    samples[at + 2] = 255 - byteOf(luma + 1.772 * blue);
  }

  private static int byteOf(double value) {
    return (int) Math.max(0, Math.min(255, Math.round(value)));
  }
}
