package dev.sluice.trainer.measure;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How much of two sets lies where the other is: Kynkaanniemi et al. 2019, eqs. 1 and 2. A set is
 * where its vectors are, each with a ball around that reaches its k-th neighbour.
 *
 * @param precision the share of samples within the real set: how good they are
 * @param recall the share of the real within the set of samples: how much of it they cover
 */
public record ManifoldOverlap(double precision, double recall) {

  /**
   * @param real more than {@code k}
   * @param samples more than {@code k}; as many as there are real ones, to be compared with others
   * @param k 3 in the paper
   */
  public static ManifoldOverlap of(Vectors real, Vectors samples, int k) {
    double[] aroundReal = radii(real, k);
    double[] aroundSamples = radii(samples, k);
    return new ManifoldOverlap(
        share(samples, real, aroundReal), share(real, samples, aroundSamples));
  }

  /** Squared, to the k-th neighbour; a vector is none of itself. */
  private static double[] radii(Vectors vectors, int k) {
    if (vectors.count() <= k) {
      throw new IllegalArgumentException(
          "%d vectors have no %d neighbours each".formatted(vectors.count(), k));
    }
    return IntStream.range(0, vectors.count())
        .parallel()
        .mapToDouble(
            row -> {
              double[] distances = new double[vectors.count()];
              for (int other = 0; other < distances.length; other++) {
                distances[other] =
                    other == row
                        ? Double.POSITIVE_INFINITY
                        : vectors.squaredDistance(row, vectors, other);
              }
              Arrays.sort(distances);
              return distances[k - 1];
            })
        .toArray();
  }

  private static double share(Vectors some, Vectors set, double[] radii) {
    long within =
        IntStream.range(0, some.count())
            .parallel()
            .filter(
                row ->
                    IntStream.range(0, set.count())
                        .anyMatch(
                            center -> some.squaredDistance(row, set, center) <= radii[center]))
            .count();
    return (double) within / some.count();
  }
}
