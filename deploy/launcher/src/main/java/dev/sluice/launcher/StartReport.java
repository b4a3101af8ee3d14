package dev.sluice.launcher;

import java.io.PrintStream;
import java.time.Duration;
import java.util.function.BiConsumer;

/** Tells on one line which processes are ready and how long they took. */
final class StartReport implements BiConsumer<String, Duration> {

  private final PrintStream out;
  private final long started = System.nanoTime();

  StartReport(PrintStream out) {
    this.out = out;
    out.print("starting:");
    out.flush();
  }

  @Override
  public void accept(String process, Duration time) {
    out.printf("  %s %s", process, ProgressDisplay.seconds(time));
    out.flush();
  }

  /** Ends the line and gives the time since the report began. */
  Duration done() {
    out.println();
    return Duration.ofNanos(System.nanoTime() - started);
  }
}
