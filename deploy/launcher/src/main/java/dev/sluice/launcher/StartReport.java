package dev.sluice.launcher;

import java.io.PrintStream;
import java.time.Duration;

/**
 * Tells how an instance starts: which processes are ready, how long they took, what was unusual.
 */
final class StartReport {

  private final PrintStream out;
  private final long started = System.nanoTime();

  StartReport(PrintStream out) {
    this.out = out;
  }

  /** Tells that a process is ready, so long after the start. */
  void ready(String process, Duration time) {
    out.printf("started  %-14s %s%n", process, ProgressDisplay.seconds(time));
  }

  /** Tells something that its reader should know. */
  void tell(String sentence) {
    out.println("sluice: " + sentence);
  }

  /** The time since the report began. */
  Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - started);
  }
}
