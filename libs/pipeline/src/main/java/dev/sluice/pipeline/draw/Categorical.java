package dev.sluice.pipeline.draw;

import java.util.Arrays;

/** Draws from few values with given odds. */
public final class Categorical {

  private Categorical() {}

  /**
   * Logits led away from some and towards others, as classifier-free guidance leads predictions of
   * noise (Gafni et al. 2022, section 3.4).
   *
   * @param away of no condition; null for no guidance
   * @param scale 1 for none
   */
  public static double[] guided(float[] away, float[] towards, double scale) {
    double[] guided = new double[towards.length];
    for (int i = 0; i < guided.length; i++) {
      guided[i] = away == null ? towards[i] : away[i] + scale * ((double) towards[i] - away[i]);
    }
    return guided;
  }

  /**
   * Draws as a request wants it.
   *
   * @param logits probabilities before the softmax
   * @param uniform in [0, 1)
   * @return an index into {@code logits}
   */
  public static int draw(double[] logits, Drawing drawing, double uniform) {
    if (drawing.temperature() == 0) {
      return largest(logits);
    }
    double least = kept(logits, drawing.topK());
    double[] changed = new double[logits.length];
    for (int i = 0; i < changed.length; i++) {
      changed[i] = logits[i] < least ? Double.NEGATIVE_INFINITY : logits[i] / drawing.temperature();
    }
    return draw(changed, uniform);
  }

  private static int largest(double[] logits) {
    int largest = 0;
    for (int i = 1; i < logits.length; i++) {
      if (logits[i] > logits[largest]) {
        largest = i;
      }
    }
    return largest;
  }

  /** The smallest logit that is among the largest so many. */
  private static double kept(double[] logits, int count) {
    if (count == 0 || count >= logits.length) {
      return Double.NEGATIVE_INFINITY;
    }
    double[] sorted = logits.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length - count];
  }

  /**
   * The value that a uniform number falls on, when each takes its probability's share of [0, 1).
   *
   * @param logits probabilities before the softmax
   * @param uniform in [0, 1)
   * @return an index into {@code logits}
   */
  public static int draw(double[] logits, double uniform) {
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
