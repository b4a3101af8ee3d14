package dev.sluice.trainer.shapes;

import java.util.List;

/**
 * How large an object is drawn. The ranges leave a gap, so that a size can be told from a picture;
 * two large objects still fit side by side.
 */
public enum ObjectSize {
  SMALL(17, 19, List.of("small", "tiny")),
  LARGE(25, 28, List.of("large", "big"));

  /** Objects whose bounding box is wider than this many pixels are large. */
  public static final double BOUNDARY = (SMALL.maxDiameter + LARGE.minDiameter) / 2;

  private final double minDiameter;
  private final double maxDiameter;
  private final List<String> words;

  ObjectSize(double minDiameter, double maxDiameter, List<String> words) {
    this.minDiameter = minDiameter;
    this.maxDiameter = maxDiameter;
    this.words = words;
  }

  /** The size that an object of this bounding-box side, in pixels of a 64x64 picture, has. */
  public static ObjectSize ofDiameter(double diameter) {
    return diameter > BOUNDARY ? LARGE : SMALL;
  }

  /** Least side of the bounding box in pixels. */
  public double minDiameter() {
    return minDiameter;
  }

  /** Greatest side of the bounding box in pixels. */
  public double maxDiameter() {
    return maxDiameter;
  }

  /** The words that captions use, the canonical one first. */
  public List<String> words() {
    return words;
  }
}
