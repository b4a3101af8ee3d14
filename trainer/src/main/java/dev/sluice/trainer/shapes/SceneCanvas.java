package dev.sluice.trainer.shapes;

import dev.sluice.trainer.shapes.SceneLayout.Placement;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What a scene is laid out on.
 *
 * @param unit how many of its pixels a pixel of the usual picture is
 */
record SceneCanvas(int width, int height, double unit) {

  /** In pixels of the usual picture. */
  private static final double MARGIN = 1.5;

  private static final double GAP = 3;
  private static final double GROUPS_GAP = 5;
  private static final double SINGLE_JITTER = 10;
  private static final double CROSS_JITTER = 4;

  /** Draws sizes and places. */
  SceneLayout layout(Scene scene, SplittableRandom random) {
    if (scene instanceof Scene.Pair pair) {
      return pair(pair, random);
    }
    if (scene instanceof Scene.Groups groups) {
      return groups(groups, random);
    }
    double diameter = diameter(scene.objects().get(0), random);
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

  private SceneLayout pair(Scene.Pair pair, SplittableRandom random) {
    double first = diameter(pair.first(), random);
    double second = diameter(pair.second(), random);
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
    double trailingCentre = MARGIN * unit + before + leading + GAP * unit + between + trailing / 2;
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

  /** Cuts the picture into two rows, and rows into objects, or into columns. */
  private SceneLayout groups(Scene.Groups groups, SplittableRandom random) {
    double[] sides =
        groups.objects().stream().mapToDouble(object -> diameter(object, random)).toArray();
    int[] order = shuffled(sides.length, random);
    boolean columns = random.nextBoolean();
    int along = columns ? height : width;
    int across = columns ? width : height;
    int first = sides.length / 2 + (sides.length % 2 == 1 && random.nextBoolean() ? 1 : 0);
    int[][] rows = {Arrays.copyOf(order, first), Arrays.copyOfRange(order, first, order.length)};
    double[] heights =
        Arrays.stream(rows)
            .mapToDouble(row -> Arrays.stream(row).mapToDouble(o -> sides[o]).max().orElseThrow())
            .toArray();
    double[] tops = spread(heights, across, random);
    Placement[] placements = new Placement[sides.length];
    for (int row = 0; row < rows.length; row++) {
      double[] starts =
          spread(Arrays.stream(rows[row]).mapToDouble(o -> sides[o]).toArray(), along, random);
      for (int i = 0; i < starts.length; i++) {
        double side = sides[rows[row][i]];
        double x = starts[i] + side / 2;
        double y = tops[row] + random.nextDouble() * (heights[row] - side) + side / 2;
        placements[rows[row][i]] = columns ? new Placement(y, x, side) : new Placement(x, y, side);
      }
    }
    return new SceneLayout(List.of(placements));
  }

  /** Where lengths begin that lie one after the other, with what is left free spread at random. */
  private double[] spread(double[] lengths, int extent, SplittableRandom random) {
    double gap = GROUPS_GAP * unit;
    double free =
        extent - 2 * MARGIN * unit - gap * (lengths.length - 1) - Arrays.stream(lengths).sum();
    double[] shares = random.doubles(lengths.length).sorted().toArray();
    double[] starts = new double[lengths.length];
    double taken = MARGIN * unit;
    for (int i = 0; i < lengths.length; i++) {
      starts[i] = taken + shares[i] * free;
      taken += lengths[i] + gap;
    }
    return starts;
  }

  private static int[] shuffled(int count, SplittableRandom random) {
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      int at = random.nextInt(i + 1);
      order[i] = order[at];
      order[at] = i;
    }
    return order;
  }

  private double diameter(SceneObject object, SplittableRandom random) {
    return random.nextDouble(object.size().minDiameter(), object.size().maxDiameter()) * unit;
  }

  private static double jitter(double reach, SplittableRandom random) {
    return random.nextDouble(-reach, reach);
  }
}
