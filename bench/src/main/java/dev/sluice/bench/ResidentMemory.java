package dev.sluice.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** This process' resident memory, as Linux counts it. */
final class ResidentMemory {

  private ResidentMemory() {}

  /** The most that was ever resident, in bytes. */
  static long peakBytes() {
    return read("VmHWM:");
  }

  /** What is resident now, in bytes. */
  static long currentBytes() {
    return read("VmRSS:");
  }

  private static long read(String key) {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith(key))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException("/proc/self/status cannot be read", e);
    }
  }
}
