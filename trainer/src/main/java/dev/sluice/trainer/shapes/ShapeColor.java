package dev.sluice.trainer.shapes;

import java.awt.Color;
import java.util.Locale;

/** The colors of objects; any two are at least 90 apart in 8-bit RGB. */
public enum ShapeColor {
  RED(220, 25, 30),
  ORANGE(240, 125, 15),
  YELLOW(250, 225, 45),
  GREEN(25, 150, 55),
  CYAN(45, 205, 220),
  BLUE(30, 65, 215),
  PURPLE(140, 40, 175),
  PINK(245, 130, 190);

  private final Color color;

  ShapeColor(int red, int green, int blue) {
    this.color = new Color(red, green, blue);
  }

  /** The word that captions use. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The color that the renderer paints with. */
  public Color color() {
    return color;
  }
}
