package dev.sluice.trainer.shapes;

import java.awt.Color;
import java.util.Locale;

/** The colors behind objects; none is an object's, so an object is never invisible. */
public enum Background {
  WHITE(255, 255, 255),
  BEIGE(222, 200, 160),
  GRAY(135, 135, 135),
  BLACK(0, 0, 0);

  private final Color color;

  Background(int red, int green, int blue) {
    this.color = new Color(red, green, blue);
  }

  /** The word that captions use. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The color that the renderer fills the picture with. */
  public Color color() {
    return color;
  }
}
