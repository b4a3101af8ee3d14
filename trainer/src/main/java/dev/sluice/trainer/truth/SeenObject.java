package dev.sluice.trainer.truth;

import dev.sluice.trainer.shapes.ObjectSize;
import dev.sluice.trainer.shapes.SceneObject;
import dev.sluice.trainer.shapes.Shape;
import dev.sluice.trainer.shapes.ShapeColor;
import java.util.Optional;

/**
 * One object found in a picture.
 *
 * @param shape the best fitting shape, or empty if none fits well
 * @param color the nearest color of the palette, or empty if none is near
 * @param x horizontal centre of its bounding box in pixels
 * @param y vertical centre of its bounding box in pixels
 * @param diameter side of its bounding box in pixels
 * @param fit overlap with the best fitting shape, in [0, 1] (intersection over union)
 * @param cut whether it goes on where the picture ends
 */
public record SeenObject(
    Optional<Shape> shape,
    Optional<ShapeColor> color,
    double x,
    double y,
    double diameter,
    double fit,
    boolean cut) {

  /** Small or large. */
  public ObjectSize size() {
    return ObjectSize.ofDiameter(diameter);
  }

  boolean hasShapeAndColorOf(SceneObject object) {
    return hasShapeOf(object) && hasColorOf(object);
  }

  boolean hasShapeOf(SceneObject object) {
    return shape.filter(object.shape()::equals).isPresent();
  }

  boolean hasColorOf(SceneObject object) {
    return color.filter(object.color()::equals).isPresent();
  }
}
