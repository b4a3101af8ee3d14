package dev.sluice.parity;

import dev.sluice.parity.network.Comparison;
import dev.sluice.parity.network.PackResult;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Locale;

/** A row for every output of every pack, then a count. */
final class ResultTable {

  private static final int OUTPUT_WIDTH = 36;

  private final PrintWriter out;
  private final String row;
  private int passed;
  private int failed;

  ResultTable(PrintWriter out, Collection<Path> packs) {
    this.out = out;
    int width = packs.stream().mapToInt(pack -> pack.toString().length()).max().orElse(0);
    this.row = "%-" + Math.max(width, "pack".length()) + "s  %-" + OUTPUT_WIDTH + "s  %8s  %9s  %s";
    print("pack", "output", "error", "tolerance", "result");
  }

  void add(Path pack, PackResult result) {
    for (Comparison output : result.outputs()) {
      print(
          pack.toString(),
          output.tensor(),
          number(output.error()),
          number(output.tolerance()),
          output.passes() ? "pass" : ("FAIL  " + output.remark()).strip());
    }
    if (result.passes()) {
      passed++;
      return;
    }
    failed++;
    if (result.firstDeviation() != null) {
      out.println(oneLine("  first that is off: " + result.firstDeviation()));
    }
  }

  void addUnreadable(Path pack, String reason) {
    failed++;
    print(pack.toString(), "cannot be run", "", "", "FAIL  " + reason);
  }

  /** Prints the count; true if there were packs and all passed. */
  boolean finish() {
    int packs = passed + failed;
    out.printf(
        "%n%d %s: %d passed, %d failed%n", packs, packs == 1 ? "pack" : "packs", passed, failed);
    out.flush();
    return failed == 0 && packs > 0;
  }

  private void print(Object... columns) {
    out.println(oneLine(row.formatted(columns).stripTrailing()));
    out.flush();
  }

  /** Messages and recorded texts may have several. */
  private static String oneLine(String text) {
    return text.replaceAll("\\s*[\\r\\n]+\\s*", " ");
  }

  private static String number(double value) {
    if (value == 0) {
      return "0";
    }
    return Double.isInfinite(value) ? "-" : String.format(Locale.ROOT, "%.1e", value);
  }
}
