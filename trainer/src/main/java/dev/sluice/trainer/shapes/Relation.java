package dev.sluice.trainer.shapes;

import java.util.List;

/** Where the first object of a pair is, seen from the second. */
public enum Relation {
  LEFT_OF(-1, 0, List.of("left of", "to the left of")),
  RIGHT_OF(1, 0, List.of("right of", "to the right of")),
  ABOVE(0, -1, List.of("above", "over")),
  BELOW(0, 1, List.of("below", "under"));

  private final int dx;
  private final int dy;
  private final List<String> phrases;

  Relation(int dx, int dy, List<String> phrases) {
    this.dx = dx;
    this.dy = dy;
    this.phrases = phrases;
  }

  /** The relation of a point to another: that of the axis along which they are further apart. */
  public static Relation of(double dx, double dy) {
    if (Math.abs(dx) > Math.abs(dy)) {
      return dx < 0 ? LEFT_OF : RIGHT_OF;
    }
    return dy < 0 ? ABOVE : BELOW;
  }

  /** The relation of the second object to the first. */
  public Relation inverse() {
    return of(-dx, -dy);
  }

  /** Whether the objects stand side by side, not one over the other. */
  public boolean horizontal() {
    return dx != 0;
  }

  /** Sign of (first minus second) along the relation's axis; y points down. */
  int sign() {
    return dx + dy;
  }

  /** The phrases that captions use, the canonical one first. */
  public List<String> phrases() {
    return phrases;
  }
}
