package dev.sluice.parity.network;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gathers the comparisons of a pack whose outputs are compared piece by piece: the worst of each
 * output, and the first piece that is off.
 */
public final class Tally {

  private final Map<String, Comparison> worst = new LinkedHashMap<>();
  private Comparison firstDeviation;

  /**
   * Counts a piece of {@code output}.
   *
   * @param piece named so that it can be found, such as {@code out.prev_sample of step 3}
   */
  public void add(String output, Comparison piece) {
    Comparison named = new Comparison(output, piece.error(), piece.tolerance(), piece.remark());
    worst.merge(output, named, (before, now) -> now.error() > before.error() ? now : before);
    if (!piece.passes()) {
      deviates(piece);
    }
  }

  /** Counts an output that is compared as a whole. */
  public void add(Comparison output) {
    add(output.tensor(), output);
  }

  /** Notes an intermediate that is off, unless an earlier one was. */
  public void deviates(Comparison intermediate) {
    if (firstDeviation == null) {
      firstDeviation = intermediate;
    }
  }

  /** Whether something was off. */
  public boolean hasDeviation() {
    return firstDeviation != null;
  }

  /** What came of it all. */
  public PackResult result(String pack) {
    return new PackResult(pack, List.copyOf(worst.values()), firstDeviation);
  }
}
