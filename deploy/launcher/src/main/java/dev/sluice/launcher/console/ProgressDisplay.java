package dev.sluice.launcher.console;

import dev.sluice.contract.ByteCounts;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.ComponentLoading;
import dev.sluice.contract.v1.StageLoading;
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

  /** Says that {@code image} has done {@code step} of {@code total} steps of {@code stage}. */
  public synchronized void progress(
      String stage, String image, int step, int total, long nanoTime) {
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

  /** Says how far a stage's model is loaded, which is before its first step. */
  public synchronized void loading(StageLoading loading, long nanoTime) {
    String stage = Topics.name(loading.getStage());
    StageLine line = stages.computeIfAbsent(stage, name -> new StageLine(name, images, nanoTime));
    if (line.isUnderWay()) {
      return;
    }
    line.load(loading, nanoTime);
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
    private final Map<String, Integer> stepOfImage = new HashMap<>();
    private int total = 1;
    private long updatedAt;
    private int quarterShown = -1;
    private StageLoading loading;

    StageLine(String name, int images, long startedAt) {
      this.name = name;
      this.images = images;
      this.startedAt = startedAt;
    }

    /** Whether this is news: redelivered work may report a step a second time. */
    boolean update(String image, int step, int stepsOfAnImage, long nanoTime) {
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

    void load(StageLoading now, long nanoTime) {
      loading = now;
      updatedAt = nanoTime;
    }

    /** How much of the line is done, from 0 to 1. */
    private double share() {
      if (loading == null) {
        return (double) done() / total;
      }
      ComponentLoading bytes = loading.getLoading();
      return bytes.getTotal() == 0 ? 0 : (double) bytes.getBytes() / bytes.getTotal();
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
      ComponentLoading bytes = loading.getLoading();
      return "loading %s, %s "
          .formatted(loading.getModel(), ByteCounts.text(bytes.getBytes(), bytes.getTotal()));
    }
  }
}
