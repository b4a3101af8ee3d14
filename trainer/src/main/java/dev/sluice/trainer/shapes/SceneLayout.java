package dev.sluice.trainer.shapes;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Where the objects of a scene are, in the scene's order.
 *
 * <p>Objects never touch each other or the border, and the two of a pair lie much further apart
 * along their relation's axis than across it, so the relation is never in doubt.
 */
public record SceneLayout(List<Placement> placements) {

  /** Side of a picture in pixels. */
  public static final int PICTURE_SIZE = 64;

  private static final double MARGIN = 1.5;
  private static final double GAP = 3;
  private static final double SINGLE_JITTER = 10;
  private static final double CROSS_JITTER = 4;

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
    return new Canvas(width, height, Math.min(width, height) / (double) PICTURE_SIZE)
        .sample(scene, random);
  }

  /**
   * What is drawn on.
   *
   * @param unit how many of its pixels a pixel of the usual picture is
   */
  private record Canvas(int width, int height, double unit) {

    SceneLayout sample(Scene scene, SplittableRandom random) {
      if (scene instanceof Scene.Pair pair) {
        return samplePair(pair, random);
      }
      double diameter = diameter(scene.objects().get(0).size(), random);
      return new SceneLayout(
          List.of(
              new Placement(
                  width / 2.0 + jitter(reach(width, diameter), random),
                  height / 2.0 + jitter(reach(height, diameter), random),
                  diameter)));
    }

    private double reach(int extent, double diameter) {
      return Math.min(SINGLE_JITTER * unit, extent / 2.0 - MARGIN * unit - diameter / 2);
    }

    private SceneLayout samplePair(Scene.Pair pair, SplittableRandom random) {
      double first = diameter(pair.first().size(), random);
      double second = diameter(pair.second().size(), random);
      boolean firstLeads = pair.relation().sign() < 0;
      double leading = firstLeads ? first : second;
      double trailing = firstLeads ? second : first;
      double length = pair.relation().horizontal() ? width : height;
      double breadth = pair.relation().horizontal() ? height : width;
      double slack = length - (2 * MARGIN + GAP) * unit - leading - trailing;
      // Splits the free length into three: before, between and after the objects.
      double u = random.nextDouble() * slack;
      double v = random.nextDouble() * slack;
      double before = Math.min(u, v);
      double between = Math.abs(u - v);
      double leadingCentre = MARGIN * unit + before + leading / 2;
      double trailingCentre =
          MARGIN * unit + before + leading + GAP * unit + between + trailing / 2;
      double firstAlong = firstLeads ? leadingCentre : trailingCentre;
      double secondAlong = firstLeads ? trailingCentre : leadingCentre;
      double firstAcross = breadth / 2 + jitter(CROSS_JITTER * unit, random);
      double secondAcross = breadth / 2 + jitter(CROSS_JITTER * unit, random);
      if (pair.relation().horizontal()) {
        return new SceneLayout(
            List.of(
                new Placement(firstAlong, firstAcross, first),
                new Placement(secondAlong, secondAcross, second)));
      }
      return new SceneLayout(
          List.of(
              new Placement(firstAcross, firstAlong, first),
              new Placement(secondAcross, secondAlong, second)));
    }

    private double diameter(ObjectSize size, SplittableRandom random) {
      return random.nextDouble(size.minDiameter(), size.maxDiameter()) * unit;
    }
  }

  private static double jitter(double reach, SplittableRandom random) {
    return random.nextDouble(-reach, reach);
  }
}
