package dev.sluice.launcher.console;

import dev.sluice.client.Loading;
import dev.sluice.client.Progress;
import dev.sluice.contract.ByteCounts;
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
public final class ProgressDisplay {

  private static final int BAR_CELLS = 30;

  /** A line that a terminal breaks cannot be redrawn in place. */
  private static final int COLUMNS = 79;

  private static final int SHORT_BAR_CELLS = 12;
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
  public ProgressDisplay(PrintStream out, boolean terminal, int images) {
    this.out = out;
    this.terminal = terminal;
    this.images = images;
  }

  /** Shows how far a picture is. */
  public synchronized void progress(Progress progress, long nanoTime) {
    StageLine line = line(progress.stage(), nanoTime);
    if (line.update(progress.index(), progress.step(), progress.total(), nanoTime)) {
      show(line);
    }
  }

  /** Shows how far a stage's model is loaded, which is before its first step. */
  public synchronized void loading(Loading loading, long nanoTime) {
    StageLine line = line(loading.stage(), nanoTime);
    if (!line.isUnderWay()) {
      line.load(loading, nanoTime);
      show(line);
    }
  }

  private StageLine line(String stage, long nanoTime) {
    return stages.computeIfAbsent(stage, name -> new StageLine(name, images, nanoTime));
  }

  private void show(StageLine line) {
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
      frame.append(CLEAR_LINE).append(cut(line.text())).append('\n');
    }
    drawnLines = stages.size();
    out.print(frame);
    out.flush();
  }

  private static String cut(String line) {
    return line.length() > COLUMNS ? line.substring(0, COLUMNS) : line;
  }

  /** "0.4 s", "73 s": seconds with as many digits as one reads. */
  public static String seconds(Duration time) {
    double seconds = time.toNanos() / 1e9;
    return String.format(Locale.ROOT, seconds < 10 ? "%.1f s" : "%.0f s", seconds);
  }

  /** The state of one stage over all the images of a request. */
  private static final class StageLine {

    private final String name;
    private final int images;
    private long startedAt;
    private final Map<Integer, Integer> stepOfImage = new HashMap<>();
    private int total = 1;
    private long updatedAt;
    private int quarterShown = -1;
    private Loading loading;

    StageLine(String name, int images, long startedAt) {
      this.name = name;
      this.images = images;
      this.startedAt = startedAt;
    }

    /** Whether this is news: redelivered work may report a step a second time. */
    boolean update(int image, int step, int stepsOfAnImage, long nanoTime) {
      if (loading != null) {
        loading = null;
        startedAt = nanoTime;
        quarterShown = -1;
      }
      if (step <= stepOfImage.getOrDefault(image, -1)) {
        return false;
      }
      stepOfImage.put(image, step);
      total = Math.max(1, images * stepsOfAnImage);
      updatedAt = nanoTime;
      return true;
    }

    boolean isUnderWay() {
      return !stepOfImage.isEmpty();
    }

    void load(Loading now, long nanoTime) {
      loading = now;
      updatedAt = nanoTime;
    }

    /** How much of the line is done, from 0 to 1. */
    private double share() {
      if (loading == null) {
        return (double) done() / total;
      }
      return loading.total() == 0 ? 0 : (double) loading.bytes() / loading.total();
    }

    private int done() {
      return stepOfImage.values().stream().mapToInt(Integer::intValue).sum();
    }

    boolean passedQuarter() {
      int quarter = (int) (4 * share());
      boolean passed = quarter > quarterShown;
      quarterShown = Math.max(quarter, quarterShown);
      return passed;
    }

    String text() {
      int cells = loading == null ? BAR_CELLS : SHORT_BAR_CELLS;
      int filled = (int) Math.min(cells, cells * share());
      return String.format(
          Locale.ROOT,
          "%-14s [%s%s] %s %s",
          name,
          "#".repeat(filled),
          ".".repeat(cells - filled),
          loading == null ? "%3d/%-3d".formatted(done(), total) : loadingText(),
          seconds(Duration.ofNanos(updatedAt - startedAt)));
    }

    private String loadingText() {
      return "loading %s, %s "
          .formatted(loading.model(), ByteCounts.text(loading.bytes(), loading.total()));
    }
  }
}
