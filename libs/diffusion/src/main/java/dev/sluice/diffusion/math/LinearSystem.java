package dev.sluice.diffusion.math;

/** Small systems of linear equations. */
public final class LinearSystem {

  private LinearSystem() {}

  /**
   * Gaussian elimination with partial pivoting.
   *
   * @param rows of coefficients, each with its right side behind them; overwritten
   */
  public static double[] solve(double[][] rows) {
    int count = rows.length;
    for (int column = 0; column < count; column++) {
      int pivot = column;
      for (int row = column + 1; row < count; row++) {
        pivot = Math.abs(rows[row][column]) > Math.abs(rows[pivot][column]) ? row : pivot;
      }
      double[] best = rows[pivot];
      rows[pivot] = rows[column];
      rows[column] = best;
      for (int row = column + 1; row < count; row++) {
        double factor = rows[row][column] / best[column];
        for (int k = column; k <= count; k++) {
          rows[row][k] -= factor * best[k];
        }
      }
    }
    double[] solution = new double[count];
    for (int row = count - 1; row >= 0; row--) {
      double sum = rows[row][count];
      for (int k = row + 1; k < count; k++) {
        sum -= rows[row][k] * solution[k];
      }
      solution[row] = sum / rows[row][row];
    }
    return solution;
  }
}
