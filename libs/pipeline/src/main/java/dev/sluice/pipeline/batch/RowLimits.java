package dev.sluice.pipeline.batch;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many rows of each kind one call may have: what a {@link BatchLimit} says, fewer of a kind for
 * which memory ran out. What was taken then comes back slowly, as others' memory may have run out.
 */
final class RowLimits {

  /** So many calls that went well, and one row more is tried. */
  static final int CALLS_UNTIL_MORE = 50;

  private static final int REMEMBERED = 256;

  private final BatchLimit limit;
  private final Map<String, Lowered> lowered = new LinkedHashMap<>(16, 0.75f, true);

  private static final class Lowered {
    private int rows;
    private int wentWell;

    private Lowered(int rows) {
      this.rows = rows;
    }
  }

  RowLimits(BatchLimit limit) {
    this.limit = limit;
  }

  /**
   * The most rows of a call; at least one.
   *
   * @param signature what rows of one call have in common
   */
  synchronized int rows(String signature, long costOfRow) {
    Lowered known = lowered.get(signature);
    int most = limit.rowsOf(costOfRow);
    return known == null ? most : Math.min(most, known.rows);
  }

  /** A call of so many rows ran out of memory. */
  synchronized void ranOut(String signature, int rows) {
    lowered.put(signature, new Lowered(Math.max(1, rows / 2)));
    Iterator<String> eldest = lowered.keySet().iterator();
    while (lowered.size() > REMEMBERED) {
      eldest.next();
      eldest.remove();
    }
  }

  /** A call went well. */
  synchronized void wentWell(String signature) {
    Lowered known = lowered.get(signature);
    if (known == null || ++known.wentWell < CALLS_UNTIL_MORE) {
      return;
    }
    known.wentWell = 0;
    if (++known.rows >= limit.rows()) {
      lowered.remove(signature);
    }
  }
}
