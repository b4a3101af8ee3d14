package dev.sluice.launcher.process;

import dev.sluice.launcher.console.LaunchException;
import dev.sluice.launcher.console.StartReport;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** A process that is started anew when it ends, for as long as there is hope. */
public final class KeptProcess {

  private final Supplier<ChildProcess> starter;
  private final StartReport report;
  private final Restarts restarts = new Restarts();
  private ChildProcess child;

  /**
   * Starts it.
   *
   * @param starter starts the process, each time the same
   * @param report told of ends and new starts
   */
  public KeptProcess(Supplier<ChildProcess> starter, StartReport report) {
    this.starter = starter;
    this.report = report;
    this.child = starter.get();
  }

  /** The process that runs, or has ended and is not followed by another yet. */
  public ChildProcess child() {
    return child;
  }

  /**
   * Looks whether it runs, and takes the next step towards that if it does not.
   *
   * @throws LaunchException when it ends too often, with the reason
   */
  public void watch() {
    long now = System.nanoTime();
    if (child.isAlive()) {
      return;
    }
    if (restarts.isDue(now)) {
      child = starter.get();
      restarts.started();
      report.tell("the %s was started anew".formatted(child.name()));
    } else if (!restarts.isWaiting()) {
      Optional<Duration> pause = restarts.ended(now);
      if (pause.isEmpty()) {
        report.tell("the %s ended too often to be started anew once more".formatted(child.name()));
        child.requireAlive();
      }
      report.tell(
          "%s It starts anew in %d s.".formatted(child.howItEnded(), pause.get().toSeconds()));
    }
  }

  /** Starts it anew at once, whether it runs or not. */
  public void restart() {
    child.close();
    child = starter.get();
    restarts.started();
  }
}
