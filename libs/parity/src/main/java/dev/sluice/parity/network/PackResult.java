package dev.sluice.parity.network;

import java.util.List;

/**
 * What came of running a pack.
 *
 * @param pack its name
 * @param outputs how near each output came
 * @param firstDeviation the first intermediate that is off, in the order of computation; null when
 *     everything passes or the pack has no intermediates that can be compared
 */
public record PackResult(String pack, List<Comparison> outputs, Comparison firstDeviation) {

  /** Whether every output passes. */
  public boolean passes() {
    return !outputs.isEmpty() && outputs.stream().allMatch(Comparison::passes);
  }

  /** The largest error of any output. */
  public double worstError() {
    return outputs.stream().mapToDouble(Comparison::error).max().orElse(Double.POSITIVE_INFINITY);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(pack).append(passes() ? ": passes" : ": FAILS");
    outputs.forEach(output -> text.append("\n  ").append(output));
    if (firstDeviation != null) {
      text.append("\n  first intermediate that is off: ").append(firstDeviation);
    }
    return text.toString();
  }
}
