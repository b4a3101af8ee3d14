package dev.sluice.trainer.shapes;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Where the objects of a scene are, in the scene's order.
 *
 * <p>Objects never touch each other or the border, and the two of a pair lie much further apart
 * along their relation's axis than across it, so the relation is never in doubt. Groups lie in two
 * rows or two columns, mixed, and far enough from each other that objects of one color do not run
 * together when a picture is made smaller.
 */
public record SceneLayout(List<Placement> placements) {

  /** Side of a picture in pixels. */
  public static final int PICTURE_SIZE = 64;

  /** A square bounding box by its centre and side, in pixels; (0, 0) is the top left corner. */
  public record Placement(double x, double y, double diameter) {}

  public SceneLayout {
    placements = List.copyOf(placements);
  }

  /** Draws sizes and places for a scene in a picture of the usual size. */
  public static SceneLayout sample(Scene scene, SplittableRandom random) {
    return sample(scene, PICTURE_SIZE, PICTURE_SIZE, random);
  }

  /**
   * The same in a picture of any size: objects are as large beside its shorter side as they are
   * beside that of the usual one.
   */
  public static SceneLayout sample(Scene scene, int width, int height, SplittableRandom random) {
    return new SceneCanvas(width, height, Math.min(width, height) / (double) PICTURE_SIZE)
        .layout(scene, random);
  }
}
