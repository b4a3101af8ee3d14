package dev.sluice.bench.processes;

import dev.sluice.bench.ResidentMemory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The resident memory of a {@code sluice} command and of every process that it starts, looked at
 * again and again; peaks are the kernel's own, so none is missed between two looks.
 */
final class ProcessWatch implements AutoCloseable {

  private static final Duration INTERVAL = Duration.ofMillis(200);
  private static final Pattern SERVICE = Pattern.compile("([a-z-]+)-svc/target/");

  private final ProcessHandle command;
  private final Map<String, Long> peaks = new TreeMap<>();
  private final Thread watcher = new Thread(this::watch, "watch");
  private volatile boolean closed;

  ProcessWatch(ProcessHandle command) {
    this.command = command;
    watcher.setDaemon(true);
    watcher.start();
  }

  /** The most that was ever resident, in bytes, by the process' part. */
  Map<String, Long> peaks() {
    look();
    synchronized (peaks) {
      return new TreeMap<>(peaks);
    }
  }

  /** What is resident now, in bytes, by the process' part. */
  Map<String, Long> resident() {
    Map<String, Long> resident = new TreeMap<>();
    processes()
        .forEach(
            process ->
                ResidentMemory.currentBytes(process.pid())
                    .ifPresent(bytes -> resident.merge(part(process), bytes, Long::sum)));
    return resident;
  }

  private void watch() {
    while (!closed) {
      look();
      try {
        Thread.sleep(INTERVAL.toMillis());
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void look() {
    processes()
        .forEach(
            process ->
                ResidentMemory.peakBytes(process.pid())
                    .ifPresent(
                        bytes -> {
                          synchronized (peaks) {
                            peaks.merge(part(process), bytes, Math::max);
                          }
                        }));
  }

  private Stream<ProcessHandle> processes() {
    return Stream.concat(Stream.of(command), command.descendants()).filter(ProcessHandle::isAlive);
  }

  /** A service's name, {@code broker}, or {@code sluice} for the command itself. */
  private static String part(ProcessHandle process) {
    try {
      String line =
          Files.readString(
              Path.of("/proc", Long.toString(process.pid()), "cmdline"),
              StandardCharsets.ISO_8859_1);
      Matcher service = SERVICE.matcher(line);
      if (service.find()) {
        return service.group(1);
      }
      return line.contains("EmbeddedBroker") ? "broker" : "sluice";
    } catch (IOException e) {
      return "sluice";
    }
  }

  @Override
  public void close() {
    closed = true;
    watcher.interrupt();
  }
}
