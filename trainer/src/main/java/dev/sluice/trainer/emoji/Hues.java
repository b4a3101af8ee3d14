package dev.sluice.trainer.emoji;

import dev.sluice.planning.picture.Pixels;
import java.util.Comparator;
import java.util.OptionalDouble;

/**
 * Hues of pictures, in degrees of the hexagon that HSV has (Smith 1978): what is mostly of one hue
 * can be painted in another.
 */
final class Hues {

  /** How much of a picture's chroma must point one way, as the length of its mean. */
  private static final double ONE_WAY = 0.8;

  /** How much chroma there must be in all, as a share of the most that what is drawn could have. */
  private static final double COLORFUL = 0.3;

  /** What is this near to a picture's hue is painted, in degrees. */
  private static final double PAINTED = 50;

  private static final double SIXTH = 60;

  private Hues() {}

  /**
   * Sums over a picture, weighted with what is seen of a pixel.
   *
   * @param x of vectors along the hues, as long as the pixels' chroma
   * @param y alike
   */
  private record Sums(double opacity, double chroma, double x, double y) {

    static Sums of(Pixels picture) {
      double opacity = 0;
      double chroma = 0;
      double x = 0;
      double y = 0;
      for (int pixel : picture.argb()) {
        double seen = Pixels.value(pixel, 3) / 255.0;
        double own = seen * Hues.chroma(pixel);
        double angle = Math.toRadians(Hues.hue(pixel));
        opacity += seen;
        chroma += own;
        x += own * Math.cos(angle);
        y += own * Math.sin(angle);
      }
      return new Sums(opacity, chroma, x, y);
    }

    double meanHue() {
      return (Math.toDegrees(Math.atan2(y, x)) + 360) % 360;
    }
  }

  /** The hue that most of what is drawn has; empty for what is grey or of many colors. */
  static OptionalDouble of(Pixels picture) {
    Sums sums = Sums.of(picture);
    boolean colorful = sums.opacity() > 0 && sums.chroma() > COLORFUL * sums.opacity();
    return colorful && Math.hypot(sums.x(), sums.y()) > ONE_WAY * sums.chroma()
        ? OptionalDouble.of(sums.meanHue())
        : OptionalDouble.empty();
  }

  /** The color whose hue is nearest to the mean one; whatever is grey does not count. */
  static PlainColor nearest(Pixels picture) {
    double hue = Sums.of(picture).meanHue();
    return PlainColor.HUES.stream()
        .min(Comparator.comparingDouble(color -> apart(color.hue(), hue)))
        .orElseThrow();
  }

  /** The picture with what is of one hue in another; what differs from both stays. */
  static Pixels painted(Pixels picture, double from, double to) {
    int[] painted = picture.argb().clone();
    for (int i = 0; i < painted.length; i++) {
      double hue = hue(painted[i]);
      if (chroma(painted[i]) > 0 && apart(hue, from) < PAINTED) {
        painted[i] = withHue(painted[i], hue - from + to);
      }
    }
    return new Pixels(picture.width(), picture.height(), painted);
  }

  /** The picture with all hues turned by some degrees. */
  static Pixels turned(Pixels picture, double by) {
    int[] turned = picture.argb().clone();
    for (int i = 0; i < turned.length; i++) {
      turned[i] = withHue(turned[i], hue(turned[i]) + by);
    }
    return new Pixels(picture.width(), picture.height(), turned);
  }

  /** Degrees between two hues, 0 to 180. */
  static double apart(double hue, double other) {
    double difference = Math.abs(hue - other) % 360;
    return Math.min(difference, 360 - difference);
  }

  /** 0 for grey to 1. */
  private static double chroma(int pixel) {
    return (most(pixel) - least(pixel)) / 255.0;
  }

  private static double hue(int pixel) {
    int red = Pixels.value(pixel, 0);
    int green = Pixels.value(pixel, 1);
    int blue = Pixels.value(pixel, 2);
    double range = most(pixel) - least(pixel);
    if (range == 0) {
      return 0;
    }
    if (red == most(pixel)) {
      return (SIXTH * (green - blue) / range + 360) % 360;
    }
    return green == most(pixel)
        ? SIXTH * ((blue - red) / range + 2)
        : SIXTH * ((red - green) / range + 4);
  }

  private static int withHue(int pixel, double hue) {
    double sixth = ((hue % 360 + 360) % 360) / SIXTH;
    int color = pixel >>> 24;
    for (int channel = 0; channel < 3; channel++) {
      // Each channel is the first one's curve, a third of the circle on.
      double place = (sixth + (channel == 0 ? 0 : channel == 1 ? 4 : 2)) % 6;
      double share = Math.max(0, Math.min(1, Math.abs(place - 3) - 1));
      color = color << 8 | (int) Math.round(least(pixel) + share * (most(pixel) - least(pixel)));
    }
    return color;
  }

  private static int most(int pixel) {
    return Math.max(
        Pixels.value(pixel, 0), Math.max(Pixels.value(pixel, 1), Pixels.value(pixel, 2)));
  }

  private static int least(int pixel) {
    return Math.min(
        Pixels.value(pixel, 0), Math.min(Pixels.value(pixel, 1), Pixels.value(pixel, 2)));
  }
}
