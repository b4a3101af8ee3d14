package dev.sluice.serving.memory;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * The memory of this process and of what it runs in, in bytes. A container's limit counts where
 * there is one.
 */
public final class ProcessMemory {

  /** What the virtual machine and TensorFlow take besides the heap and networks. */
  static final long OVERHEAD = 400L << 20;

  private static final double SHARE = 0.9;
  private static final Path CGROUP = Path.of("/sys/fs/cgroup");
  private static final Path MACHINE = Path.of("/proc/meminfo");
  private static final Path SELF = Path.of("/proc/self/status");

  private ProcessMemory() {}

  /**
   * Lifts the limits that JavaCPP derives from the heap, which has nothing to do with the size of
   * networks: what fits is decided where models are loaded and requests taken in. To be called
   * before TensorFlow is first used; what the command line says stays.
   */
  public static void settle() {
    for (String limit : List.of("maxBytes", "maxPhysicalBytes")) {
      String key = "org.bytedeco.javacpp." + limit;
      if (System.getProperty(key) == null) {
        System.setProperty(key, "0");
      }
    }
  }

  /** What networks may take where no setting says so: the limit less the heap and the rest. */
  public static long budget() {
    long heap = Runtime.getRuntime().maxMemory();
    long others = heap == Long.MAX_VALUE ? 0 : heap;
    return Math.max(OVERHEAD, (long) (SHARE * limit()) - others - OVERHEAD);
  }

  private static long limit() {
    // Knows of containers.
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getTotalMemorySize()
        : Long.MAX_VALUE;
  }

  /** What could be taken now without another process losing any; empty where that is not known. */
  public static OptionalLong available() {
    OptionalLong machine = field(MACHINE, "MemAvailable:");
    OptionalLong container = availableInContainer();
    if (machine.isEmpty() || container.isEmpty()) {
      return machine.isEmpty() ? container : machine;
    }
    return OptionalLong.of(Math.min(machine.getAsLong(), container.getAsLong()));
  }

  private static OptionalLong availableInContainer() {
    OptionalLong limit = number(CGROUP.resolve("memory.max"));
    OptionalLong used = number(CGROUP.resolve("memory.current"));
    if (limit.isEmpty() || used.isEmpty()) {
      return OptionalLong.empty();
    }
    // Pages of files that were read count as used and are given up when memory is wanted.
    long cached = field(CGROUP.resolve("memory.stat"), "inactive_file").orElse(0);
    return OptionalLong.of(Math.max(0, limit.getAsLong() - used.getAsLong() + cached));
  }

  /** What this process takes, heap and all; 0 where that is not known. */
  public static long resident() {
    return field(SELF, "VmRSS:").orElse(0);
  }

  /** {@link #resident} without what belongs to the virtual machine. */
  public static long residentOfNetworks() {
    Runtime runtime = Runtime.getRuntime();
    return Math.max(0, resident() - runtime.totalMemory() - OVERHEAD);
  }

  private static OptionalLong number(Path file) {
    try {
      String text = Files.readString(file).trim();
      return text.equals("max") ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text));
    } catch (IOException | NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /** A line's number, such as {@code VmRSS: 1024 kB}. */
  private static OptionalLong field(Path file, String name) {
    try {
      return Files.readAllLines(file).stream()
          .filter(line -> line.startsWith(name))
          .mapToLong(
              line -> {
                String[] words = line.substring(name.length()).trim().split("\\s+");
                long number = Long.parseLong(words[0]);
                return words.length > 1 && words[1].equals("kB") ? number << 10 : number;
              })
          .findFirst();
    } catch (IOException | NumberFormatException e) {
      return OptionalLong.empty();
    }
  }
}
