package dev.sluice.launcher.console;

import java.io.PrintStream;
import java.time.Duration;

/**
 * Tells how an instance starts: which processes are ready, how long they took, what was unusual.
 */
public final class StartReport {

  private final PrintStream out;
  private final long started = System.nanoTime();

  public StartReport(PrintStream out) {
    this.out = out;
  }

  /** Tells that a process is ready, so long after the start. */
  public void ready(String process, Duration time) {
    out.printf("started  %-14s %s%n", process, ProgressDisplay.seconds(time));
  }

  /** Tells something that its reader should know. */
  public void tell(String sentence) {
    out.println("sluice: " + sentence);
  }

  /** The time since the report began. */
  public Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - started);
  }
}
