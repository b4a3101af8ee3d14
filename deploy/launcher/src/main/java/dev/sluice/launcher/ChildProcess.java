package dev.sluice.launcher;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A process of this instance. Its standard input is a pipe that nothing is written to: the child
 * reads it and leaves when it ends, so that no child outlives the launcher, however that ends.
 */
final class ChildProcess implements AutoCloseable {

  private static final int LAST_LOG_LINES = 15;

  private final String name;
  private final Process process;
  private final Path log;

  private ChildProcess(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  /**
   * Starts {@code command} with {@code environment} added to this process's own; both output
   * streams go to {@code log}, which is replaced.
   */
  static ChildProcess start(
      String name, List<String> command, Map<String, String> environment, Path log) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    builder.redirectOutput(log.toFile());
    try {
      return new ChildProcess(name, builder.start(), log);
    } catch (IOException e) {
      throw new LaunchException("The " + name + " could not be started: " + e.getMessage(), e);
    }
  }

  String name() {
    return name;
  }

  long pid() {
    return process.pid();
  }

  Path log() {
    return log;
  }

  /** Throws with the end of the log when the process has ended. */
  void requireAlive() {
    if (!process.isAlive()) {
      throw new LaunchException(
          "The %s ended with status %d. The last lines of %s:%n%s"
              .formatted(name, process.exitValue(), log, logTail()));
    }
  }

  /** The end of the log, indented. */
  String logTail() {
    try {
      // A log can hold bytes that are no UTF-8; they must not hide the rest.
      List<String> lines =
          new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList();
      List<String> last = lines.subList(Math.max(0, lines.size() - LAST_LOG_LINES), lines.size());
      return last.isEmpty()
          ? "    (the log is empty)"
          : String.join("\n", last).indent(4).stripTrailing();
    } catch (IOException e) {
      return "    (the log cannot be read: " + e.getMessage() + ")";
    }
  }

  /** Asks the child to leave, by the end of its standard input. Returns at once. */
  void requestStop() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      process.destroy();
    }
  }

  /** Kills the child at once, as a crash would. */
  void kill() {
    process.destroyForcibly();
  }

  /** Waits until the child has left after {@link #requestStop}; kills it when it takes longer. */
  void awaitStop(Duration patience) {
    try {
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    requestStop();
    awaitStop(Duration.ofSeconds(5));
  }
}
