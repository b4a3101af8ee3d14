package dev.sluice.trainer.shapes;

import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.util.Locale;

/** A kind of object. Its outline fills the unit box, so that a size means the same for each. */
public enum Shape {
  CIRCLE(new Path2D.Double(new Ellipse2D.Double(-0.5, -0.5, 1, 1))),
  SQUARE(new Path2D.Double(new Rectangle2D.Double(-0.5, -0.5, 1, 1))),
  TRIANGLE(polygon(0, -0.5, 0.5, 0.5, -0.5, 0.5)),
  STAR(star(5, 0.42)),
  DIAMOND(polygon(0, -0.5, 0.5, 0, 0, 0.5, -0.5, 0)),
  CROSS(cross(1.0 / 6));

  private final Path2D outline;

  Shape(Path2D outline) {
    this.outline = outline;
  }

  /** The word that captions use. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The word for several. */
  public String plural() {
    return this == CROSS ? "crosses" : word() + "s";
  }

  /**
   * The outline in picture coordinates (pixels, y downwards).
   *
   * @param x horizontal centre of the bounding box
   * @param y vertical centre of the bounding box
   * @param diameter side of the square bounding box
   */
  public Path2D outline(double x, double y, double diameter) {
    AffineTransform place = AffineTransform.getTranslateInstance(x, y);
    place.scale(diameter, diameter);
    return new Path2D.Double(outline, place);
  }

  private static Path2D polygon(double... xy) {
    Path2D path = new Path2D.Double();
    path.moveTo(xy[0], xy[1]);
    for (int i = 2; i < xy.length; i += 2) {
      path.lineTo(xy[i], xy[i + 1]);
    }
    path.closePath();
    return path;
  }

  /** A star with its first point up, stretched to the unit box. */
  private static Path2D star(int points, double innerRadius) {
    double[] xy = new double[4 * points];
    for (int i = 0; i < 2 * points; i++) {
      double angle = Math.PI * i / points;
      double radius = i % 2 == 0 ? 1 : innerRadius;
      xy[2 * i] = radius * Math.sin(angle);
      xy[2 * i + 1] = -radius * Math.cos(angle);
    }
    Path2D path = polygon(xy);
    Rectangle2D box = path.getBounds2D();
    AffineTransform fit = AffineTransform.getScaleInstance(1 / box.getWidth(), 1 / box.getHeight());
    fit.translate(-box.getCenterX(), -box.getCenterY());
    path.transform(fit);
    return path;
  }

  private static Path2D cross(double halfArm) {
    double a = halfArm;
    double b = 0.5;
    return polygon(
        -a, -b, a, -b, a, -a, b, -a, b, a, a, a, a, b, -a, b, -a, a, -b, a, -b, -a, -a, -a);
  }
}
