package dev.sluice.launcher.care;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Memory as Linux tells it; 0 where it does not. */
final class Memory {

  private static final Path OF_THE_MACHINE = Path.of("/proc/meminfo");
  private static final Pattern AVAILABLE = Pattern.compile("MemAvailable:\\s+(\\d+) kB");
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
  private static final long KILOBYTE = 1_024;

  private Memory() {}

  /** Bytes that new processes can have. */
  static long available() {
    return bytes(OF_THE_MACHINE, AVAILABLE);
  }

  /** Bytes that a process and all below it have in memory. */
  static long ofDescendants(long pid) {
    return ProcessHandle.of(pid).stream()
        .flatMap(process -> Stream.concat(Stream.of(process), process.descendants()))
        .mapToLong(process -> bytes(Path.of("/proc/" + process.pid() + "/status"), RESIDENT))
        .sum();
  }

  private static long bytes(Path file, Pattern pattern) {
    try {
      Matcher matcher = pattern.matcher(Files.readString(file));
      return matcher.find() ? Long.parseLong(matcher.group(1)) * KILOBYTE : 0;
    } catch (IOException e) {
      return 0;
    }
  }
}
