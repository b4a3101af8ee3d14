package dev.sluice.trainer.truth;

import java.awt.Color;

/** A color or a difference of colors; channels are in [0, 1] for colors. */
record Rgb(double red, double green, double blue) {

  static Rgb of(Color color) {
    return new Rgb(color.getRed() / 255.0, color.getGreen() / 255.0, color.getBlue() / 255.0);
  }

  Rgb minus(Rgb other) {
    return new Rgb(red - other.red, green - other.green, blue - other.blue);
  }

  double dot(Rgb other) {
    return red * other.red + green * other.green + blue * other.blue;
  }

  double distance(Rgb other) {
    Rgb difference = minus(other);
    return Math.sqrt(difference.dot(difference));
  }
}
