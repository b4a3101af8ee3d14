package dev.sluice.trainer.unclip;

import dev.sluice.networks.tensor.HostTensor;
import java.util.Arrays;
import org.tensorflow.EagerSession;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.SelfAdjointEig;
import org.tensorflow.types.TFloat32;

/**
 * The directions in which vectors differ most (Pearson 1901), and the range that they take along
 * each.
 *
 * @param mean {@code [width]}
 * @param components {@code [count, width]}, unit vectors, the largest variance first
 * @param low {@code [count]}, the smallest projection on each
 * @param high {@code [count]}, the largest
 * @param explained the share of all variance that lies in these directions
 */
public record PrincipalComponents(
    float[] mean, float[] components, float[] low, float[] high, double explained) {

  /**
   * Of the rows of {@code vectors [rows, width]}.
   *
   * @param count how many components, up to the width
   */
  public static PrincipalComponents of(HostTensor.Floats vectors, int count) {
    int width = vectors.shape()[1];
    float[] values = vectors.values();
    int rows = values.length / width;
    float[] mean = new float[width];
    for (int i = 0; i < width; i++) {
      double sum = 0;
      for (int row = 0; row < rows; row++) {
        sum += values[row * width + i];
      }
      mean[i] = (float) (sum / rows);
    }
    float[] variances = new float[width];
    float[] components = new float[count * width];
    eigenvectors(covariance(values, mean), width, variances, components);

    float[] low = new float[count];
    float[] high = new float[count];
    Arrays.fill(low, Float.POSITIVE_INFINITY);
    Arrays.fill(high, Float.NEGATIVE_INFINITY);
    PrincipalComponents found = new PrincipalComponents(mean, components, low, high, 0);
    for (int row = 0; row < rows; row++) {
      float[] along = found.project(values, row);
      for (int i = 0; i < count; i++) {
        low[i] = Math.min(low[i], along[i]);
        high[i] = Math.max(high[i], along[i]);
      }
    }
    double all = 0;
    double kept = 0;
    for (int i = 0; i < width; i++) {
      all += variances[i];
      kept += i < count ? variances[i] : 0;
    }
    return new PrincipalComponents(mean, components, low, high, kept / all);
  }

  /** How many components. */
  int count() {
    return low.length;
  }

  /** Row {@code row} of {@code vectors} along each component. */
  float[] project(float[] vectors, int row) {
    int width = mean.length;
    float[] along = new float[count()];
    for (int i = 0; i < along.length; i++) {
      double sum = 0;
      for (int j = 0; j < width; j++) {
        sum += (double) components[i * width + j] * (vectors[row * width + j] - mean[j]);
      }
      along[i] = (float) sum;
    }
    return along;
  }

  /** What of one vector lies in these directions, {@code [width]}. */
  public float[] along(float[] vector) {
    float[] projections = project(vector, 0);
    float[] sum = mean.clone();
    for (int i = 0; i < projections.length; i++) {
      for (int j = 0; j < sum.length; j++) {
        sum[j] += projections[i] * components[i * sum.length + j];
      }
    }
    return sum;
  }

  /** The bucket, of so many between the ends, that a projection on component {@code i} falls in. */
  int bucket(int i, float projection, int buckets) {
    int bucket = (int) Math.floor((projection - low[i]) / (high[i] - low[i]) * buckets);
    return Math.max(0, Math.min(buckets - 1, bucket));
  }

  private static float[] covariance(float[] values, float[] mean) {
    int width = mean.length;
    int rows = values.length / width;
    double[] sums = new double[width * width];
    double[] centred = new double[width];
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < width; i++) {
        centred[i] = values[row * width + i] - mean[i];
      }
      for (int i = 0; i < width; i++) {
        for (int j = 0; j < width; j++) {
          sums[i * width + j] += centred[i] * centred[j];
        }
      }
    }
    float[] covariance = new float[width * width];
    for (int i = 0; i < sums.length; i++) {
      covariance[i] = (float) (sums[i] / rows);
    }
    return covariance;
  }

  /** Fills in all eigenvalues, and as many eigenvectors as there is room for; largest first. */
  private static void eigenvectors(float[] matrix, int width, float[] values, float[] vectors) {
    try (EagerSession session = EagerSession.create()) {
      Ops tf = Ops.create(session);
      TFloat32 symmetric =
          TFloat32.tensorOf(Shape.of(width, width), DataBuffers.of(matrix, true, false));
      SelfAdjointEig<TFloat32> found = tf.linalg.selfAdjointEig(tf.constantOf(symmetric));
      TFloat32 ascending = found.e().asTensor();
      TFloat32 columns = found.v().asTensor();
      for (int i = 0; i < width; i++) {
        values[i] = ascending.getFloat(width - 1 - i);
      }
      for (int i = 0; i < vectors.length; i++) {
        vectors[i] = columns.getFloat(i % width, width - 1 - i / width);
      }
    }
  }
}
