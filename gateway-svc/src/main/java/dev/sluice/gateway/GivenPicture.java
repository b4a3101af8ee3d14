package dev.sluice.gateway;

import dev.sluice.contract.Tensors;
import dev.sluice.contract.v1.Tensor;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * A picture that comes with a request.
 *
 * @param field where it stands in the request
 */
record GivenPicture(String field, BufferedImage picture) {

  private static final long MOST_PIXELS = 4L << 20;
  private static final int CHANNELS = 3;

  /** Luma of red, green and blue in thousandths, as Pillow makes grey of a color (ITU-R 601). */
  private static final int[] LUMA = {299, 587, 114};

  private static final int MIDDLE_GREY = 128;

  /**
   * Decodes a file.
   *
   * @throws RequestException if the bytes are no picture, or too large a one
   */
  static GivenPicture read(String field, byte[] file) {
    return new GivenPicture(field, decode(field, file));
  }

  /** As stages have it: {@code [1, 3, height, width]} in [-1, 1]. */
  Tensor colors() {
    int height = picture.getHeight();
    int width = picture.getWidth();
    float[] values = new float[CHANNELS * height * width];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int rgb = picture.getRGB(x, y);
        for (int channel = 0; channel < CHANNELS; channel++) {
          values[(channel * height + y) * width + x] = value(rgb, channel) / 127.5f - 1;
        }
      }
    }
    return Tensors.of(values, 1, CHANNELS, height, width);
  }

  /** As stages have a mask: {@code [1, 1, height, width]}, 1 where it is light and 0 elsewhere. */
  Tensor lightness() {
    int height = picture.getHeight();
    int width = picture.getWidth();
    float[] values = new float[height * width];
    for (int i = 0; i < values.length; i++) {
      int rgb = picture.getRGB(i % width, i / width);
      int luma = 0;
      for (int channel = 0; channel < CHANNELS; channel++) {
        luma += LUMA[channel] * value(rgb, channel);
      }
      values[i] = luma >= MIDDLE_GREY * 1000 ? 1 : 0;
    }
    return Tensors.of(values, 1, 1, height, width);
  }

  /** 0 to 255. */
  private static int value(int rgb, int channel) {
    return rgb >> 8 * (CHANNELS - 1 - channel) & 0xff;
  }

  /**
   * Checks that another picture lies on this one, pixel by pixel.
   *
   * @throws RequestException if it is of another size
   */
  void requireCoveredBy(GivenPicture other) {
    if (other.picture.getWidth() != picture.getWidth()
        || other.picture.getHeight() != picture.getHeight()) {
      throw RequestException.invalid(
          other.field,
          "The %s has %s pixels and the %s %s; they must be as large as each other."
              .formatted(other.field, other.size(), field, size()));
    }
  }

  ImageSize size() {
    return new ImageSize(picture.getWidth(), picture.getHeight());
  }

  /** The size is read before the pixels, so that a small file cannot ask for much memory. */
  private static BufferedImage decode(String field, byte[] file) {
    try (ImageInputStream stream = ImageIO.createImageInputStream(new ByteArrayInputStream(file))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
      if (!readers.hasNext()) {
        throw RequestException.invalid(
            field, "The %s is no file of a known kind; send a PNG.".formatted(field));
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(stream, true, true);
        long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
        if (pixels > MOST_PIXELS) {
          throw RequestException.invalid(
              field,
              "The %s is %d x %d pixels; at most %d pixels are allowed."
                  .formatted(field, reader.getWidth(0), reader.getHeight(0), MOST_PIXELS));
        }
        return reader.read(0);
      } finally {
        reader.dispose();
      }
    } catch (IOException | IndexOutOfBoundsException e) {
      throw RequestException.invalid(
          field, "The %s cannot be read: %s".formatted(field, e.getMessage()));
    }
  }
}
