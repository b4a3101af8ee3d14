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

/** A picture that comes with a request. */
final class GivenPicture {

  private static final String FIELD = "image";
  private static final long MOST_PIXELS = 4L << 20;
  private static final int CHANNELS = 3;

  private GivenPicture() {}

  /**
   * A file's picture as stages have it.
   *
   * @return {@code [1, 3, height, width]} in [-1, 1]
   * @throws RequestException if the bytes are no picture, or too large a one
   */
  static Tensor read(byte[] file) {
    BufferedImage picture = decode(file);
    int height = picture.getHeight();
    int width = picture.getWidth();
    float[] values = new float[CHANNELS * height * width];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int rgb = picture.getRGB(x, y);
        for (int channel = 0; channel < CHANNELS; channel++) {
          int value = rgb >> 8 * (CHANNELS - 1 - channel) & 0xff;
          values[(channel * height + y) * width + x] = value / 127.5f - 1;
        }
      }
    }
    return Tensors.of(values, 1, CHANNELS, height, width);
  }

  /** The size is read before the pixels, so that a small file cannot ask for much memory. */
  private static BufferedImage decode(byte[] file) {
    try (ImageInputStream stream = ImageIO.createImageInputStream(new ByteArrayInputStream(file))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
      if (!readers.hasNext()) {
        throw RequestException.invalid(FIELD, "The image is no file of a known kind; send a PNG.");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(stream, true, true);
        long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
        if (pixels > MOST_PIXELS) {
          throw RequestException.invalid(
              FIELD,
              "The image is %d x %d pixels; at most %d pixels are allowed."
                  .formatted(reader.getWidth(0), reader.getHeight(0), MOST_PIXELS));
        }
        return reader.read(0);
      } finally {
        reader.dispose();
      }
    } catch (IOException | IndexOutOfBoundsException e) {
      throw RequestException.invalid(FIELD, "The image cannot be read: " + e.getMessage());
    }
  }
}
