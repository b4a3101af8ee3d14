package dev.sluice.pipeline.embed;

/** Draws from few values with given odds. */
final class Categorical {

  private Categorical() {}

  /**
   * The value that a uniform number falls on, when each takes its probability's share of [0, 1).
   *
   * @param logits probabilities before the softmax
   * @param uniform in [0, 1)
   * @return an index into {@code logits}
   */
  static int draw(double[] logits, double uniform) {
    double largest = Double.NEGATIVE_INFINITY;
    for (double logit : logits) {
      largest = Math.max(largest, logit);
    }
    double sum = 0;
    for (double logit : logits) {
      sum += Math.exp(logit - largest);
    }
    double left = uniform * sum;
    for (int i = 0; i < logits.length; i++) {
      left -= Math.exp(logits[i] - largest);
      if (left < 0) {
        return i;
      }
    }
    // Rounding has left a little over the end, where the last likely value is.
    int last = logits.length - 1;
    while (last > 0 && Math.exp(logits[last] - largest) == 0) {
      last--;
    }
    return last;
  }
}
