package dev.sluice.parity.network;

/**
 * How near one tensor came to its reference.
 *
 * @param tensor the reference's name, such as {@code out.sample}
 * @param error {@code max|x - reference| / max|reference|}; infinite when shapes differ or a value
 *     is not finite
 * @param tolerance the largest error that passes
 * @param remark what is wrong beyond the error, such as another shape; empty for nothing
 */
public record Comparison(String tensor, double error, double tolerance, String remark) {

  /** Whether the error is within the tolerance. */
  public boolean passes() {
    return error <= tolerance;
  }

  /** This one under a name that says in which run of several it was made. */
  public Comparison in(String run) {
    return new Comparison(run + ": " + tensor, error, tolerance, remark);
  }

  @Override
  public String toString() {
    return "%s: error %.3g, tolerance %.3g%s%s"
        .formatted(tensor, error, tolerance, remark.isEmpty() ? "" : ": ", remark);
  }
}
