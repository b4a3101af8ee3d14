package dev.sluice.launcher;

import java.io.PrintStream;
import java.time.Duration;
import java.util.function.BiConsumer;

/** Tells which processes are ready and how long they took. */
final class StartReport implements BiConsumer<String, Duration> {

  private final PrintStream out;
  private final long started = System.nanoTime();

  StartReport(PrintStream out) {
    this.out = out;
  }

  @Override
  public void accept(String process, Duration time) {
    out.printf("started  %-14s %s%n", process, ProgressDisplay.seconds(time));
  }

  /** The time since the report began. */
  Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - started);
  }
}
