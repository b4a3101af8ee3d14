package dev.sluice.trainer.shapes;

import java.util.Arrays;
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

  private static final double MARGIN = 1.5;
  private static final double GAP = 3;
  private static final double GROUPS_GAP = 5;
  private static final double SINGLE_JITTER = 10;
  private static final double CROSS_JITTER = 4;

  /** A square bounding box by its centre and side, in pixels; (0, 0) is the top left corner. */
  public record Placement(double x, double y, double diameter) {}

  public SceneLayout {
    placements = List.copyOf(placements);
  }

  /** Draws sizes and places for a scene. */
  public static SceneLayout sample(Scene scene, SplittableRandom random) {
    if (scene instanceof Scene.Pair pair) {
      return samplePair(pair, random);
    }
    if (scene instanceof Scene.Groups groups) {
      return sampleGroups(groups, random);
    }
    double diameter = diameter(scene.objects().get(0).size(), random);
    double reach = Math.min(SINGLE_JITTER, PICTURE_SIZE / 2.0 - MARGIN - diameter / 2);
    return new SceneLayout(
        List.of(
            new Placement(
                PICTURE_SIZE / 2.0 + jitter(reach, random),
                PICTURE_SIZE / 2.0 + jitter(reach, random),
                diameter)));
  }

  private static SceneLayout samplePair(Scene.Pair pair, SplittableRandom random) {
    double first = diameter(pair.first().size(), random);
    double second = diameter(pair.second().size(), random);
    boolean firstLeads = pair.relation().sign() < 0;
    double leading = firstLeads ? first : second;
    double trailing = firstLeads ? second : first;
    double slack = PICTURE_SIZE - 2 * MARGIN - GAP - leading - trailing;
    // Splits the free length into three: before, between and after the objects.
    double u = random.nextDouble() * slack;
    double v = random.nextDouble() * slack;
    double before = Math.min(u, v);
    double between = Math.abs(u - v);
    double leadingCentre = MARGIN + before + leading / 2;
    double trailingCentre = MARGIN + before + leading + GAP + between + trailing / 2;
    double firstAlong = firstLeads ? leadingCentre : trailingCentre;
    double secondAlong = firstLeads ? trailingCentre : leadingCentre;
    double firstAcross = PICTURE_SIZE / 2.0 + jitter(CROSS_JITTER, random);
    double secondAcross = PICTURE_SIZE / 2.0 + jitter(CROSS_JITTER, random);
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

  /** Cuts the picture into two rows, and rows into objects; then, half of the time, turns it. */
  private static SceneLayout sampleGroups(Scene.Groups groups, SplittableRandom random) {
    double[] sides =
        groups.objects().stream().mapToDouble(object -> diameter(object.size(), random)).toArray();
    int[] order = shuffled(sides.length, random);
    boolean columns = random.nextBoolean();
    int first = sides.length / 2 + (sides.length % 2 == 1 && random.nextBoolean() ? 1 : 0);
    int[][] rows = {Arrays.copyOf(order, first), Arrays.copyOfRange(order, first, order.length)};
    double[] heights =
        Arrays.stream(rows)
            .mapToDouble(row -> Arrays.stream(row).mapToDouble(o -> sides[o]).max().orElseThrow())
            .toArray();
    double[] tops = spread(heights, random);
    Placement[] placements = new Placement[sides.length];
    for (int row = 0; row < rows.length; row++) {
      double[] along =
          spread(Arrays.stream(rows[row]).mapToDouble(o -> sides[o]).toArray(), random);
      for (int i = 0; i < along.length; i++) {
        double side = sides[rows[row][i]];
        double x = along[i] + side / 2;
        double y = tops[row] + random.nextDouble() * (heights[row] - side) + side / 2;
        placements[rows[row][i]] = columns ? new Placement(y, x, side) : new Placement(x, y, side);
      }
    }
    return new SceneLayout(List.of(placements));
  }

  /** Where lengths begin that lie one after the other, with what is left free spread at random. */
  private static double[] spread(double[] lengths, SplittableRandom random) {
    double free =
        PICTURE_SIZE
            - 2 * MARGIN
            - GROUPS_GAP * (lengths.length - 1)
            - Arrays.stream(lengths).sum();
    double[] shares = random.doubles(lengths.length).sorted().toArray();
    double[] starts = new double[lengths.length];
    double taken = MARGIN;
    for (int i = 0; i < lengths.length; i++) {
      starts[i] = taken + shares[i] * free;
      taken += lengths[i] + GROUPS_GAP;
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

  private static double diameter(ObjectSize size, SplittableRandom random) {
    return random.nextDouble(size.minDiameter(), size.maxDiameter());
  }

  private static double jitter(double reach, SplittableRandom random) {
    return random.nextDouble(-reach, reach);
  }
}
