package dev.sluice.bench.processes;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A running {@code ./sluice}: its lines with the times at which they came, and its memory. */
public final class SluiceCommand implements AutoCloseable {

  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

  /**
   * A line that the command printed.
   *
   * @param seconds since the command was started
   */
  public record Line(double seconds, String text) {}

  private final Process process;
  private final ProcessWatch memory;
  private final long start = System.nanoTime();
  private final List<Line> lines = new ArrayList<>();
  private final Thread reader = new Thread(this::read, "lines");

  private SluiceCommand(Process process) {
    this.process = process;
    this.memory = new ProcessWatch(process.toHandle());
    reader.setDaemon(true);
    reader.start();
    // A benchmark that is broken off leaves no gigabytes behind.
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "stop"));
  }

  /**
   * Starts a command.
   *
   * @param root the checkout
   * @param state where it keeps what it writes; one running instance has one
   */
  public static SluiceCommand start(
      Path root, Path state, Map<String, String> environment, List<String> arguments) {
    List<String> command = new ArrayList<>(List.of(root.resolve("sluice").toString()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("SLUICE_STATE", state.toString());
    builder.environment().putAll(environment);
    try {
      return new SluiceCommand(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException("./sluice could not be started", e);
    }
  }

  private void read() {
    try (BufferedReader reader = process.inputReader()) {
      for (String text = reader.readLine(); text != null; text = reader.readLine()) {
        Line line = new Line((System.nanoTime() - start) / 1e9, text);
        System.err.printf("  %6.1f s  %s%n", line.seconds(), text);
        synchronized (lines) {
          lines.add(line);
          lines.notifyAll();
        }
      }
    } catch (IOException e) {
      // The command was ended: what it had printed is there.
    }
  }

  /** Waits for the command's end; its exit status. */
  public int await() throws InterruptedException {
    int status = process.waitFor();
    reader.join();
    return status;
  }

  /**
   * Waits until a line has {@code pattern} in it.
   *
   * @throws IllegalStateException when the command ends before
   */
  public MatchResult awaitLine(Pattern pattern) throws InterruptedException {
    while (true) {
      Optional<MatchResult> found = find(pattern).stream().findFirst();
      if (found.isPresent()) {
        return found.get();
      }
      if (!reader.isAlive()) {
        throw new IllegalStateException("./sluice ended with status " + process.waitFor());
      }
      synchronized (lines) {
        lines.wait(200);
      }
    }
  }

  /** Where {@code pattern} is found in the lines so far. */
  private List<MatchResult> find(Pattern pattern) {
    return lines().stream()
        .map(line -> pattern.matcher(line.text()))
        .filter(Matcher::find)
        .map(Matcher::toMatchResult)
        .toList();
  }

  /** What it printed so far. */
  public List<Line> lines() {
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }

  /** The seconds at which the first line with {@code pattern} came. */
  public Optional<Double> secondsOf(Pattern pattern) {
    return lines().stream()
        .filter(line -> pattern.matcher(line.text()).find())
        .map(Line::seconds)
        .findFirst();
  }

  /** The most that was ever resident, in bytes, by the process' part. */
  public Map<String, Long> peaks() {
    return memory.peaks();
  }

  /** What is resident now, in bytes, by the process' part. */
  public Map<String, Long> resident() {
    return memory.resident();
  }

  /** Ends the command as Ctrl-C does. */
  @Override
  public void close() {
    memory.close();
    process.destroy();
    try {
      if (!process.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
