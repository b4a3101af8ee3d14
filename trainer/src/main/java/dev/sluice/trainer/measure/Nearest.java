package dev.sluice.trainer.measure;

import java.util.stream.IntStream;

/**
 * The nearest of a set to each of some vectors.
 *
 * @param index in the set, of each
 * @param distance to it, of each: the root of the mean square over values
 */
public record Nearest(int[] index, double[] distance) {

  /** Looks at all of a set. */
  public static Nearest of(Vectors some, Vectors set) {
    int[] index = new int[some.count()];
    double[] distance = new double[some.count()];
    IntStream.range(0, some.count())
        .parallel()
        .forEach(
            row -> {
              double best = Double.POSITIVE_INFINITY;
              for (int other = 0; other < set.count(); other++) {
                double squared = some.squaredDistance(row, set, other);
                if (squared < best) {
                  best = squared;
                  index[row] = other;
                }
              }
              distance[row] = Math.sqrt(best / some.width());
            });
    return new Nearest(index, distance);
  }
}
