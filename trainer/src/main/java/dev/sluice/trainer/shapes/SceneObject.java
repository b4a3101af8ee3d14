package dev.sluice.trainer.shapes;

import java.util.Objects;

/** One object as words know it: what it is, not where. */
public record SceneObject(Shape shape, ShapeColor color, ObjectSize size) {
  public SceneObject {
    Objects.requireNonNull(shape, "shape");
    Objects.requireNonNull(color, "color");
    Objects.requireNonNull(size, "size");
  }
}
