package dev.sluice.trainer.train;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;

/** A report in a line, with a bar; on a terminal each takes the place of the one before. */
public final class ProgressLine {

  private static final int BAR = 20;

  private final String phase;
  private final PrintStream out;
  private final boolean terminal;
  private int longest;

  /**
   * @param terminal whether {@code out} is one, so that lines can be overwritten
   */
  public ProgressLine(String phase, PrintStream out, boolean terminal) {
    this.phase = phase;
    this.out = out;
    this.terminal = terminal;
  }

  /** Shows a report. */
  public void show(Report report) {
    String line = text(report);
    if (!terminal) {
      out.println(line);
      return;
    }
    longest = Math.max(longest, line.length());
    out.print("\r" + line + " ".repeat(longest - line.length()));
    if (report.step() == report.steps()) {
      out.println();
    }
    out.flush();
  }

  private String text(Report report) {
    int done = (int) (BAR * report.step() / report.steps());
    StringBuilder line =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%s [%s%s] %,d/%,d ",
                phase,
                "#".repeat(done),
                ".".repeat(BAR - done),
                report.step(),
                report.steps()));
    for (Map.Entry<String, Double> number : report.numbers().entrySet()) {
      if (!number.getKey().endsWith("/rate")) {
        line.append(String.format(Locale.ROOT, " %s %.4g", number.getKey(), number.getValue()));
      }
    }
    line.append(String.format(Locale.ROOT, "  %.4g images/s", report.rows()));
    if (Double.isFinite(report.rate())) {
      line.append(String.format(Locale.ROOT, "  %.0f %% of the matrix rate", 100 * report.rate()));
    }
    double left = report.secondsLeft();
    return line + String.format(Locale.ROOT, "  %d:%02d left", (long) left / 60, (long) left % 60);
  }
}
