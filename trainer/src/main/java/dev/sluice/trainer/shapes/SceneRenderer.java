package dev.sluice.trainer.shapes;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;

/** Draws scenes with Java2D, anti-aliased, at 64x64 or any size. */
public final class SceneRenderer {

  private SceneRenderer() {}

  /** The picture of a scene whose objects lie as the layout says. */
  public static BufferedImage image(Scene scene, SceneLayout layout) {
    return image(
        scene, layout, SceneLayout.PICTURE_SIZE, SceneLayout.PICTURE_SIZE, new AffineTransform());
  }

  /**
   * The same at any size.
   *
   * @param place from the layout's pixels to the picture's
   */
  static BufferedImage image(
      Scene scene, SceneLayout layout, int width, int height, AffineTransform place) {
    if (scene.objects().size() != layout.placements().size()) {
      throw new IllegalArgumentException(
          "The scene has %d objects but the layout places %d"
              .formatted(scene.objects().size(), layout.placements().size()));
    }
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    try {
      graphics.setColor(scene.background().color());
      graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
      graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      graphics.setRenderingHint(
          RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
      graphics.transform(place);
      for (int i = 0; i < scene.objects().size(); i++) {
        SceneObject object = scene.objects().get(i);
        SceneLayout.Placement placed = layout.placements().get(i);
        graphics.setColor(object.color().color());
        graphics.fill(object.shape().outline(placed.x(), placed.y(), placed.diameter()));
      }
    } finally {
      graphics.dispose();
    }
    return image;
  }

  /**
   * The picture of a scene as a network sees it.
   *
   * @return {@code [3, 64, 64]} in [-1, 1]
   */
  public static float[] pixels(Scene scene, SceneLayout layout) {
    return Pixels.fromImage(image(scene, layout));
  }

  /**
   * The same of a layout for another size.
   *
   * @return {@code [3, height, width]} in [-1, 1]
   */
  public static float[] pixels(Scene scene, SceneLayout layout, int width, int height) {
    return Pixels.fromImage(image(scene, layout, width, height, new AffineTransform()));
  }
}
