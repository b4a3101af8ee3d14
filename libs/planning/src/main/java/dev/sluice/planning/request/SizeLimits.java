package dev.sluice.planning.request;

import dev.sluice.contract.v1.GenerationRequest;
import java.util.Optional;

/**
 * The sizes of pictures that a model can make.
 *
 * @param scale pixels per side of a value that the denoiser sees: 1 where it sees pixels
 * @param cell both sides are multiples of this; 0 where there is only the natural size
 * @param most pixels of a side; a multiple of {@code cell}
 * @param natural what the model was made for
 */
public record SizeLimits(int scale, int cell, int most, ImageSize natural) {

  private static final int LARGEST_SIDE = 2048;

  /** A picture to start from may have so many times the pixels that a model was made for. */
  private static final int MOST_AREA = 4;

  private static final double ROUNDING = 1e-6;

  /** The limits of a model whose last network makes pictures of one size. */
  public static SizeLimits only(int scale, ImageSize size) {
    return new SizeLimits(scale, 0, 0, size);
  }

  /** The limits of a model that knows none but the multiple and what any service can deliver. */
  public static SizeLimits of(int scale, int multiple, ImageSize natural) {
    return upTo(LARGEST_SIDE, scale, multiple, natural);
  }

  public static SizeLimits upTo(int side, int scale, int multiple, ImageSize natural) {
    int cell = scale * multiple;
    int most = Math.max(cell, Math.min(side, LARGEST_SIDE) / cell * cell);
    return new SizeLimits(scale, cell, most, natural);
  }

  /**
   * Checks the size that a request asks for.
   *
   * @throws RequestException if the model makes no such pictures, with the nearest that it makes
   */
  public void check(String model, GenerationRequest request) {
    if (cell == 0) {
      checkNatural(model, request);
      return;
    }
    check(model, "width", request.getWidth());
    check(model, "height", request.getHeight());
  }

  private void checkNatural(String model, GenerationRequest request) {
    if (!RequestedSize.of(request, natural).equals(natural)) {
      throw RequestException.invalid(
          "size",
          "Size %sx%s is not what model %s makes: it makes %s only. Leave the size out or ask for that."
              .formatted(
                  Integer.toUnsignedString(request.getWidth()),
                  Integer.toUnsignedString(request.getHeight()),
                  model,
                  natural));
    }
  }

  private void check(String model, String field, int given) {
    long pixels = Integer.toUnsignedLong(given);
    if (pixels % cell == 0 && pixels <= most) {
      return;
    }
    long below = Math.max(cell, Math.min(most, pixels / cell * cell));
    long above = Math.min(most, below + cell);
    boolean between = pixels > below && above > below && pixels < most;
    throw RequestException.invalid(
        field,
        "The %s is %d pixels; model %s makes multiples of %d from %d to %d. The nearest is %s."
            .formatted(
                field, pixels, model, cell, cell, most, between ? below + " or " + above : below));
  }

  /**
   * The size at which a picture is started from: its own as far as the model can, never larger.
   *
   * @param picture the size of the picture given
   * @param request whose width and height, where given, are the most that is wanted
   * @throws RequestException if the picture is too small or too narrow
   */
  public ImageSize fitted(String model, GivenPicture picture, GenerationRequest request) {
    ImageSize given = picture.size();
    if (cell == 0) {
      requireNaturalShape(model, picture);
      return natural;
    }
    int mostWidth = request.getWidth() == 0 ? most : request.getWidth();
    int mostHeight = request.getHeight() == 0 ? most : request.getHeight();
    double scale =
        Math.min(
            1, Math.min((double) mostWidth / given.width(), (double) mostHeight / given.height()));
    if (request.getWidth() == 0 && request.getHeight() == 0) {
      scale = Math.min(scale, scaleToNatural(given));
    }
    ImageSize fitted = new ImageSize(cells(given.width() * scale), cells(given.height() * scale));
    if (fitted.width() == 0 || fitted.height() == 0) {
      throw RequestException.invalid(
          picture.field(),
          "The %s has %s pixels; model %s needs at least %d on each side, and at most %d."
              .formatted(picture.field(), given, model, cell, most));
    }
    return asAsked(given, scale, request).orElse(fitted);
  }

  private void requireNaturalShape(String model, GivenPicture picture) {
    ImageSize given = picture.size();
    if ((long) given.width() * natural.height() != (long) given.height() * natural.width()) {
      throw RequestException.invalid(
          picture.field(),
          "The %s has %s pixels; model %s paints into pictures of the shape of %s. Cut it to that shape."
              .formatted(picture.field(), given, model, natural));
    }
  }

  /** 1 for what is not much larger than what the model was made for. */
  private double scaleToNatural(ImageSize given) {
    double area = (double) natural.width() * natural.height();
    double times = (double) given.width() * given.height() / area;
    return times > MOST_AREA ? Math.sqrt(1 / times) : 1;
  }

  private int cells(double pixels) {
    return (int) (pixels + ROUNDING) / cell * cell;
  }

  /** What is asked for, if the picture has that shape but for rounding. */
  private Optional<ImageSize> asAsked(ImageSize given, double scale, GenerationRequest request) {
    double shape = (double) given.width() / given.height();
    boolean near =
        request.getWidth() - given.width() * scale < cell * Math.max(1, shape)
            && request.getHeight() - given.height() * scale < cell * Math.max(1, 1 / shape);
    return near && request.getWidth() > 0 && request.getHeight() > 0
        ? Optional.of(new ImageSize(request.getWidth(), request.getHeight()))
        : Optional.empty();
  }
}
