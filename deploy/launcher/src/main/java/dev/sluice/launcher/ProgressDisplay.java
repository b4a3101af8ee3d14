package dev.sluice.launcher;

import java.io.PrintStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * One line per stage with a bar and a step count. On a terminal the lines are redrawn in place;
 * elsewhere a line is printed when a stage begins, at every quarter, and when it ends.
 */
final class ProgressDisplay {

  private static final int BAR_CELLS = 30;
  private static final String CURSOR_UP = "\u001b[%dA";
  private static final String CLEAR_LINE = "\u001b[2K";

  private final PrintStream out;
  private final boolean terminal;
  private final int images;
  private final Map<String, StageLine> stages = new LinkedHashMap<>();
  private int drawnLines;

  /**
   * A display of one request.
   *
   * @param terminal whether {@code out} understands cursor movements
   * @param images how many images the request makes; steps are counted over all of them
   */
  ProgressDisplay(PrintStream out, boolean terminal, int images) {
    this.out = out;
    this.terminal = terminal;
    this.images = images;
  }

  /** Says that {@code image} has done {@code step} of {@code total} steps of {@code stage}. */
  synchronized void progress(String stage, String image, int step, int total, long nanoTime) {
    StageLine line = stages.computeIfAbsent(stage, name -> new StageLine(name, images, nanoTime));
    if (!line.update(image, step, total, nanoTime)) {
      return;
    }
    if (terminal) {
      redraw();
    } else if (line.passedQuarter()) {
      out.println(line.text());
    }
  }

  private void redraw() {
    StringBuilder frame = new StringBuilder();
    if (drawnLines > 0) {
      frame.append(CURSOR_UP.formatted(drawnLines));
    }
    for (StageLine line : stages.values()) {
      frame.append(CLEAR_LINE).append(line.text()).append('\n');
    }
    drawnLines = stages.size();
    out.print(frame);
    out.flush();
  }

  /** "0.4 s", "73 s": seconds with as many digits as one reads. */
  static String seconds(Duration time) {
    double seconds = time.toNanos() / 1e9;
    return String.format(Locale.ROOT, seconds < 10 ? "%.1f s" : "%.0f s", seconds);
  }

  /** The state of one stage over all the images of a request. */
  private static final class StageLine {

    private final String name;
    private final int images;
    private final long startedAt;
    private final Map<String, Integer> stepOfImage = new HashMap<>();
    private int total = 1;
    private long updatedAt;
    private int quarterShown = -1;

    StageLine(String name, int images, long startedAt) {
      this.name = name;
      this.images = images;
      this.startedAt = startedAt;
    }

    /** Whether this is news: redelivered work may report a step a second time. */
    boolean update(String image, int step, int stepsOfAnImage, long nanoTime) {
      if (step <= stepOfImage.getOrDefault(image, -1)) {
        return false;
      }
      stepOfImage.put(image, step);
      total = Math.max(1, images * stepsOfAnImage);
      updatedAt = nanoTime;
      return true;
    }

    private int done() {
      return stepOfImage.values().stream().mapToInt(Integer::intValue).sum();
    }

    boolean passedQuarter() {
      int quarter = 4 * done() / total;
      boolean passed = quarter > quarterShown;
      quarterShown = Math.max(quarter, quarterShown);
      return passed;
    }

    String text() {
      int filled = Math.min(BAR_CELLS, BAR_CELLS * done() / total);
      return String.format(
          Locale.ROOT,
          "%-14s [%s%s] %3d/%-3d %s",
          name,
          "#".repeat(filled),
          ".".repeat(BAR_CELLS - filled),
          done(),
          total,
          seconds(Duration.ofNanos(updatedAt - startedAt)));
    }
  }
}
