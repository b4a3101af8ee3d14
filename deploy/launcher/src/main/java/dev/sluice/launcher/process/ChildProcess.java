package dev.sluice.launcher.process;

import dev.sluice.launcher.console.LaunchException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A process of this instance. Its standard input is a pipe that nothing is written to: the child
 * reads it and leaves when it ends, so that no child outlives the launcher, however that ends.
 */
public final class ChildProcess implements AutoCloseable {

  /** The status by which a process that cannot go on asks for another in its place. */
  static final int START_ANEW = 75;

  /** More than a stack trace with its causes. */
  private static final int LOG_LINES = 400;

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
   * streams go to {@code log}. A log that is there already is kept beside it as {@code .previous}.
   */
  public static ChildProcess start(
      String name, List<String> command, Map<String, String> environment, Path log) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    builder.redirectOutput(log.toFile());
    try {
      if (Files.exists(log)) {
        Files.move(
            log,
            log.resolveSibling(log.getFileName() + ".previous"),
            StandardCopyOption.REPLACE_EXISTING);
      }
      return new ChildProcess(name, builder.start(), log);
    } catch (IOException e) {
      throw new LaunchException("The " + name + " could not be started: " + e.getMessage(), e);
    }
  }

  public String name() {
    return name;
  }

  public long pid() {
    return process.pid();
  }

  public Path log() {
    return log;
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Whether it has ended, saying that it is to be started anew. */
  public boolean asksForAnother() {
    return !process.isAlive() && process.exitValue() == START_ANEW;
  }

  /** The time for which it has wanted a core so far, whether it got one or not. */
  public Duration cpu() {
    return CoreTime.wanted(process.toHandle());
  }

  /** Throws with the reason when the process has ended. */
  public void requireAlive() {
    if (!process.isAlive()) {
      throw new LaunchException("%s%nIts log is %s".formatted(howItEnded(), log));
    }
  }

  /** How and why it has ended, in sentences; only once it has. */
  String howItEnded() {
    int status = process.exitValue();
    return "The %s ended with status %d. %s"
        .formatted(name, status, LastWords.of(logLines(), status));
  }

  /** Why it does not get on, as far as its log says so. */
  public String lastWords() {
    return LastWords.of(logLines());
  }

  private List<String> logLines() {
    try {
      // A log can hold bytes that are no UTF-8; they must not hide the rest.
      List<String> lines =
          new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList();
      return lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size());
    } catch (IOException e) {
      return List.of("The log cannot be read: " + e.getMessage());
    }
  }

  /** Asks the child to leave, by the end of its standard input. Returns at once. */
  public void requestStop() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      process.destroy();
    }
  }

  /** Kills the child at once, as a crash would. */
  public void kill() {
    process.destroyForcibly();
  }

  /** Waits until the child has left after {@link #requestStop}; kills it when it takes longer. */
  public void awaitStop(Duration patience) {
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
