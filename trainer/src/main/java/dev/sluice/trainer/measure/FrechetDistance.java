package dev.sluice.trainer.measure;

import org.tensorflow.EagerSession;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.SelfAdjointEig;
import org.tensorflow.types.TFloat64;

/**
 * The distance of two sets of vectors, each taken for normally distributed: Dowson and Landau 1982,
 * eq. 4, as Heusel et al. 2017 measure pictures by it (with Inception's features it is the FID).
 * |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)).
 */
public final class FrechetDistance {

  private FrechetDistance() {}

  /**
   * @param some at least 2
   * @param others at least 2, as wide
   * @return 0 or more; small sets are farther from all, so that only sets of one size compare
   */
  public static double between(Vectors some, Vectors others) {
    int width = some.width();
    double[] mean1 = some.mean();
    double[] mean2 = others.mean();
    double[] covariance1 = some.covariance();
    double[] covariance2 = others.covariance();
    double distance = 0;
    for (int i = 0; i < width; i++) {
      distance += (mean1[i] - mean2[i]) * (mean1[i] - mean2[i]);
      distance += covariance1[i * width + i] + covariance2[i * width + i];
    }
    // C1 C2 has the eigenvalues of the symmetric root(C1) C2 root(C1).
    double[] root = root(covariance1, width);
    double[] middle = product(product(root, covariance2, width), root, width);
    for (double value : new Eigen(middle, width).values) {
      distance -= 2 * Math.sqrt(Math.max(0, value));
    }
    return Math.max(0, distance);
  }

  private static double[] root(double[] symmetric, int width) {
    Eigen eigen = new Eigen(symmetric, width);
    double[] root = new double[width * width];
    for (int k = 0; k < width; k++) {
      double value = Math.sqrt(Math.max(0, eigen.values[k]));
      for (int i = 0; i < width; i++) {
        for (int j = 0; j < width; j++) {
          root[i * width + j] +=
              value * eigen.vectors[i * width + k] * eigen.vectors[j * width + k];
        }
      }
    }
    return root;
  }

  private static double[] product(double[] a, double[] b, int width) {
    double[] product = new double[width * width];
    for (int i = 0; i < width; i++) {
      for (int k = 0; k < width; k++) {
        for (int j = 0; j < width; j++) {
          product[i * width + j] += a[i * width + k] * b[k * width + j];
        }
      }
    }
    return product;
  }

  /** Eigenvalues, and eigenvectors as columns. */
  private static final class Eigen {
    final double[] values;
    final double[] vectors;

    Eigen(double[] symmetric, int width) {
      values = new double[width];
      vectors = new double[width * width];
      try (EagerSession session = EagerSession.create()) {
        Ops tf = Ops.create(session);
        TFloat64 matrix =
            TFloat64.tensorOf(Shape.of(width, width), DataBuffers.of(symmetric, true, false));
        SelfAdjointEig<TFloat64> found = tf.linalg.selfAdjointEig(tf.constantOf(matrix));
        found.e().asTensor().asRawTensor().data().asDoubles().read(values);
        found.v().asTensor().asRawTensor().data().asDoubles().read(vectors);
      }
    }
  }
}
