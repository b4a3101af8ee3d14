package dev.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** A process' resident memory, as Linux counts it. */
public final class ResidentMemory {

  private ResidentMemory() {}

  /** The most that was ever resident of this process, in bytes. */
  static long peakBytes() {
    return peakBytes(ProcessHandle.current().pid()).orElseThrow();
  }

  /** What is resident of this process now, in bytes. */
  static long currentBytes() {
    return currentBytes(ProcessHandle.current().pid()).orElseThrow();
  }

  /** The most that was ever resident of a process, in bytes; empty if it has ended. */
  public static OptionalLong peakBytes(long process) {
    return read(process, "VmHWM:");
  }

  /** What is resident of a process now, in bytes; empty if it has ended. */
  public static OptionalLong currentBytes(long process) {
    return read(process, "VmRSS:");
  }

  private static OptionalLong read(long process, String key) {
    try {
      return Files.readAllLines(Path.of("/proc", Long.toString(process), "status")).stream()
          .filter(line -> line.startsWith(key))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
          .findFirst();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }
}
