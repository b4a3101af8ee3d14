package dev.sluice.trainer.measure;

/**
 * Many vectors.
 *
 * @param values one after the other
 */
public record Vectors(float[] values, int width) {

  public Vectors {
    if (width < 1 || values.length % width != 0 || values.length < 2 * width) {
      throw new IllegalArgumentException(
          "%d values are no two or more vectors of %d".formatted(values.length, width));
    }
  }

  /** How many. */
  public int count() {
    return values.length / width;
  }

  /** The first of them; all, where there are no more. */
  public Vectors first(int count) {
    return count >= count()
        ? this
        : new Vectors(java.util.Arrays.copyOf(values, count * width), width);
  }

  double[] mean() {
    double[] mean = new double[width];
    for (int i = 0; i < values.length; i++) {
      mean[i % width] += values[i];
    }
    for (int i = 0; i < width; i++) {
      mean[i] /= count();
    }
    return mean;
  }

  /** {@code [width, width]}, of a sample: divided by one less than the count. */
  double[] covariance() {
    double[] mean = mean();
    double[] covariance = new double[width * width];
    double[] centred = new double[width];
    for (int row = 0; row < count(); row++) {
      for (int i = 0; i < width; i++) {
        centred[i] = values[row * width + i] - mean[i];
      }
      for (int i = 0; i < width; i++) {
        for (int j = 0; j < width; j++) {
          covariance[i * width + j] += centred[i] * centred[j];
        }
      }
    }
    for (int i = 0; i < covariance.length; i++) {
      covariance[i] /= count() - 1;
    }
    return covariance;
  }

  /** The squared distance of a vector here and one there. */
  double squaredDistance(int row, Vectors others, int other) {
    double sum = 0;
    int here = row * width;
    int there = other * width;
    for (int i = 0; i < width; i++) {
      double difference = values[here + i] - others.values[there + i];
      sum += difference * difference;
    }
    return sum;
  }
}
