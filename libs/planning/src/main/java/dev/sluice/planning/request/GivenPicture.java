package dev.sluice.planning.request;

import dev.sluice.contract.TensorMessages;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.planning.picture.PictureException;
import dev.sluice.planning.picture.PictureFile;
import dev.sluice.planning.picture.Pixels;

/**
 * A picture that comes with a request.
 *
 * @param field where it stands in the request
 * @param pixels upright, and perhaps smaller than it came
 * @param size as it came, upright
 */
public record GivenPicture(String field, Pixels pixels, ImageSize size) {

  private static final int CHANNELS = 3;

  /** Luma of red, green and blue in thousandths, as Pillow makes grey of a color (ITU-R 601). */
  private static final int[] LUMA = {299, 587, 114};

  private static final int MIDDLE_GREY = 128;

  /**
   * Decodes a file.
   *
   * @throws RequestException if the bytes are no picture, or too large a one
   */
  public static GivenPicture read(String field, byte[] file) {
    try {
      PictureFile.Upright picture = PictureFile.read(file);
      return new GivenPicture(
          field, picture.pixels(), new ImageSize(picture.width(), picture.height()));
    } catch (PictureException e) {
      throw RequestException.invalid(field, "The %s %s".formatted(field, e.getMessage()));
    }
  }

  /** The same brought to another size. */
  public GivenPicture scaledTo(ImageSize wanted) {
    return new GivenPicture(field, pixels.scaledTo(wanted.width(), wanted.height()), size);
  }

  /**
   * As stages have it, on white where it is not opaque: {@code [1, 3, height, width]} in [-1, 1].
   */
  public Tensor colors() {
    Pixels flat = pixels.onWhite();
    int area = flat.argb().length;
    float[] values = new float[CHANNELS * area];
    for (int i = 0; i < area; i++) {
      for (int channel = 0; channel < CHANNELS; channel++) {
        values[channel * area + i] = Pixels.value(flat.argb()[i], channel) / 127.5f - 1;
      }
    }
    return TensorMessages.of(values, 1, CHANNELS, flat.height(), flat.width());
  }

  /**
   * A mask as black, which keeps, and white, which is painted: where it has holes, these are
   * painted, as OpenAI's interface has it; where it is opaque all over, what is light.
   */
  public GivenPicture asMask() {
    boolean holes = !pixels.isOpaque();
    int[] argb = new int[pixels.argb().length];
    for (int i = 0; i < argb.length; i++) {
      int pixel = pixels.argb()[i];
      boolean paint =
          holes ? Pixels.value(pixel, 3) < MIDDLE_GREY : luma(pixel) >= MIDDLE_GREY * 1000;
      argb[i] = paint ? 0xffffffff : 0xff000000;
    }
    return new GivenPicture(field, new Pixels(pixels.width(), pixels.height(), argb), size);
  }

  private static int luma(int argb) {
    int luma = 0;
    for (int channel = 0; channel < CHANNELS; channel++) {
      luma += LUMA[channel] * Pixels.value(argb, channel);
    }
    return luma;
  }

  /** {@link #asMask} as stages have it: {@code [1, 1, height, width]}, 1 where to paint, else 0. */
  public Tensor paint() {
    float[] values = new float[pixels.argb().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = Pixels.value(pixels.argb()[i], 0) >= MIDDLE_GREY ? 1 : 0;
    }
    return TensorMessages.of(values, 1, 1, pixels.height(), pixels.width());
  }

  /**
   * How many of a mask's pixels are painted.
   *
   * @param scale pixels per value of what a denoiser sees, which is the one at the upper left
   */
  public int painted(int scale) {
    int painted = 0;
    for (int y = 0; y < pixels.height(); y += scale) {
      for (int x = 0; x < pixels.width(); x += scale) {
        painted += Pixels.value(pixels.at(x, y), 0) >= MIDDLE_GREY ? 1 : 0;
      }
    }
    return painted;
  }

  /**
   * Checks that another picture lies on this one, pixel by pixel.
   *
   * @throws RequestException if it is of another size
   */
  public void requireCoveredBy(GivenPicture other) {
    if (!other.size.equals(size)) {
      throw RequestException.invalid(
          other.field,
          "The %s has %s pixels and the %s, upright, %s; they must be as large as each other."
              .formatted(other.field, other.size, field, size));
    }
  }
}
