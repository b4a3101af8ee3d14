package dev.sluice.trainer.truth;

import dev.sluice.trainer.shapes.Shape;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.util.EnumMap;
import java.util.Map;

/**
 * Tells which shape a soft mask is, by overlap with ideal shapes of the same area and centroid.
 *
 * <p>Area and centroid, unlike a bounding box, hardly move under blur and noise. Mask and template
 * are compared after the same smoothing, as intersection over union of soft sets.
 */
final class ShapeMatcher {

  /**
   * A shape laid over a mask.
   *
   * @param overlap intersection over union in [0, 1]
   */
  record Match(Shape shape, double x, double y, double diameter, double overlap) {}

  /** Area and centroid of a shape whose bounding box is the unit box around the origin. */
  private record UnitMoments(double area, double x, double y) {}

  private static final Map<Shape, UnitMoments> UNIT_MOMENTS = unitMoments();

  private ShapeMatcher() {}

  /**
   * The best fitting shape.
   *
   * @param mask coverage of every pixel of the grid, in [0, 1]
   */
  static Match best(Grid grid, float[] mask) {
    double area = 0;
    double sumX = 0;
    double sumY = 0;
    for (int p = 0; p < mask.length; p++) {
      area += mask[p];
      sumX += mask[p] * (grid.x(p) + 0.5);
      sumY += mask[p] * (grid.y(p) + 0.5);
    }
    if (area <= 0) {
      throw new IllegalArgumentException("An empty mask has no shape");
    }
    float[] smooth = smoothed(grid, mask);
    Match best = null;
    for (Shape shape : Shape.values()) {
      UnitMoments unit = UNIT_MOMENTS.get(shape);
      double diameter = Math.sqrt(area / unit.area());
      double x = sumX / area - unit.x() * diameter;
      double y = sumY / area - unit.y() * diameter;
      double overlap = overlap(smooth, smoothed(grid, template(grid, shape, x, y, diameter)));
      if (best == null || overlap > best.overlap()) {
        best = new Match(shape, x, y, diameter, overlap);
      }
    }
    return best;
  }

  private static double overlap(float[] a, float[] b) {
    double intersection = 0;
    double union = 0;
    for (int p = 0; p < a.length; p++) {
      intersection += Math.min(a[p], b[p]);
      union += Math.max(a[p], b[p]);
    }
    return intersection / union;
  }

  /** Coverage of every pixel by an ideal shape. */
  static float[] template(Grid grid, Shape shape, double x, double y, double diameter) {
    byte[] coverage = draw(shape, x, y, diameter, grid);
    float[] mask = new float[grid.pixels()];
    for (int p = 0; p < grid.pixels(); p++) {
      mask[p] = (coverage[p] & 0xff) / 255f;
    }
    return mask;
  }

  private static byte[] draw(Shape shape, double x, double y, double diameter, Grid grid) {
    BufferedImage image =
        new BufferedImage(grid.width(), grid.height(), BufferedImage.TYPE_BYTE_GRAY);
    Graphics2D graphics = image.createGraphics();
    try {
      graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      graphics.setRenderingHint(
          RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
      graphics.setColor(Color.WHITE);
      graphics.fill(shape.outline(x, y, diameter));
    } finally {
      graphics.dispose();
    }
    return ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
  }

  private static Map<Shape, UnitMoments> unitMoments() {
    Map<Shape, UnitMoments> all = new EnumMap<>(Shape.class);
    int size = 512;
    for (Shape shape : Shape.values()) {
      byte[] coverage = draw(shape, size / 2.0, size / 2.0, size, new Grid(size, size));
      double area = 0;
      double sumX = 0;
      double sumY = 0;
      for (int p = 0; p < coverage.length; p++) {
        double weight = (coverage[p] & 0xff) / 255.0;
        area += weight;
        sumX += weight * (p % size + 0.5);
        sumY += weight * (p / size + 0.5);
      }
      all.put(
          shape,
          new UnitMoments(
              area / ((double) size * size), sumX / area / size - 0.5, sumY / area / size - 0.5));
    }
    return all;
  }

  /** Mean over 3x3 neighbourhoods; outside of the picture is empty. */
  private static float[] smoothed(Grid grid, float[] mask) {
    int width = grid.width();
    int all = grid.pixels();
    float[] rows = new float[grid.pixels()];
    for (int p = 0; p < grid.pixels(); p++) {
      int x = grid.x(p);
      float left = x > 0 ? mask[p - 1] : 0;
      float right = x < width - 1 ? mask[p + 1] : 0;
      rows[p] = (left + mask[p] + right) / 3;
    }
    float[] smooth = new float[grid.pixels()];
    for (int p = 0; p < grid.pixels(); p++) {
      float above = p >= width ? rows[p - width] : 0;
      float below = p < all - width ? rows[p + width] : 0;
      smooth[p] = (above + rows[p] + below) / 3;
    }
    return smooth;
  }
}
