package dev.sluice.launcher.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/**
 * The time that a process had on cores, and the time that its threads were ready to run and had to
 * wait for one: on a machine with much else to do a process that computes is seen by the second
 * more than by the first.
 */
final class CoreTime {

  private static final Path PROCESSES = Path.of("/proc");

  private CoreTime() {}

  /** Both together; less, where the system does not tell all of it. */
  static Duration wanted(ProcessHandle process) {
    return process
        .info()
        .totalCpuDuration()
        .orElse(Duration.ZERO)
        .plusNanos(waited(PROCESSES.resolve(process.pid() + "/task")));
  }

  /** By Linux's {@code schedstat} of each thread: nanoseconds run, nanoseconds waited, turns. */
  private static long waited(Path threads) {
    try (Stream<Path> all = Files.list(threads)) {
      return all.mapToLong(thread -> second(thread.resolve("schedstat"))).sum();
    } catch (IOException | UncheckedIOException e) {
      return 0;
    }
  }

  private static long second(Path file) {
    try {
      return Long.parseLong(Files.readString(file).split("\\s+")[1]);
    } catch (IOException | RuntimeException e) {
      // The thread has ended, or the system keeps no such account.
      return 0;
    }
  }
}
