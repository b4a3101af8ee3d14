package dev.sluice.launcher.care;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Whether this machine is one for Sluice. */
final class MachineChecks {

  private static final int OLDEST_JAVA = 17;
  private static final long GIGABYTE = 1_000_000_000;

  /** What the processes of an instance take with the models that ship, in round figures. */
  private static final long USUAL_MEMORY = 3 * GIGABYTE;

  private static final long USUAL_DISK = 2 * GIGABYTE;
  private static final Path PROCESSOR = Path.of("/proc/cpuinfo");
  private static final Path GPU = Path.of("/dev/nvidia0");

  private MachineChecks() {}

  static Finding java() {
    int feature = Runtime.version().feature();
    String found =
        "Java %s, %s, in %s"
            .formatted(
                Runtime.version(),
                System.getProperty("java.vm.vendor"),
                System.getProperty("java.home"));
    return feature >= OLDEST_JAVA
        ? Finding.good("Java", found)
        : Finding.wrong("Java", found, "Install a JDK 17 or newer, and set JAVA_HOME to it.");
  }

  static Finding platform() {
    String system = System.getProperty("os.name");
    String architecture = System.getProperty("os.arch");
    String found = "%s on %s".formatted(system, architecture);
    return system.equals("Linux") && architecture.equals("amd64")
        ? Finding.good("System", found)
        : Finding.wrong(
            "System",
            found,
            "TensorFlow's libraries that come with Sluice are built for Linux on x86-64 with glibc.");
  }

  /**
   * What the processor can.
   *
   * @param flags as Linux names its abilities; empty where it does not tell
   */
  static Finding processor(Set<String> flags) {
    int cores = Runtime.getRuntime().availableProcessors();
    List<String> known =
        Stream.of("avx", "avx2", "fma", "avx512f", "avx512_bf16", "amx_bf16")
            .filter(flags::contains)
            .toList();
    String found =
        "%d cores, %s".formatted(cores, known.isEmpty() ? "no AVX" : String.join(" ", known));
    if (flags.isEmpty()) {
      return Finding.good("Processor", cores + " cores");
    }
    if (!flags.contains("avx")) {
      return Finding.wrong("Processor", found, "TensorFlow's libraries need AVX.");
    }
    if (!flags.contains("avx2")) {
      return Finding.remark("Processor", found, "It works, several times slower than with AVX2.");
    }
    return flags.contains("avx512_bf16") || flags.contains("amx_bf16")
        ? Finding.good(
            "Processor", found + "; SLUICE_SERVING_PRECISION=bfloat16 is the faster here")
        : Finding.good("Processor", found);
  }

  static Set<String> flags() {
    try (Stream<String> lines = Files.lines(PROCESSOR)) {
      return lines
          .filter(line -> line.startsWith("flags"))
          .findFirst()
          .map(
              line ->
                  Set.copyOf(List.of(line.substring(line.indexOf(':') + 1).strip().split(" +"))))
          .orElse(Set.of());
    } catch (IOException e) {
      return Set.of();
    }
  }

  static Finding gpu() {
    return Files.exists(GPU)
        ? Finding.remark(
            "GPU",
            "NVIDIA's driver is there",
            "The usual build computes on the processor. For one that uses the GPU, run"
                + " ./mvnw -Pgpu -DskipTests package (docs/operations.md).")
        : Finding.good("GPU", "none; the processor does the work");
  }

  /**
   * Whether there is memory for an instance.
   *
   * @param available bytes; 0 where the system does not tell
   */
  static Finding memory(long available) {
    String found = "%.1f GB can be had".formatted((double) available / GIGABYTE);
    if (available == 0) {
      return Finding.remark("Memory", "the system does not tell how much there is", "");
    }
    return available >= USUAL_MEMORY
        ? Finding.good("Memory", found)
        : Finding.remark(
            "Memory",
            found,
            "An instance takes about %d GB with the models that ship. Stop something else, or the"
                    .formatted(USUAL_MEMORY / GIGABYTE)
                + " system will.");
  }

  /** Whether there is room for logs, the broker's data and blobs. */
  static Finding disk(Path state) {
    Path there = state;
    while (!Files.exists(there)) {
      there = there.getParent();
    }
    try {
      long usable = Files.getFileStore(there).getUsableSpace();
      String found = "%.1f GB for %s".formatted((double) usable / GIGABYTE, state);
      if (!Files.isWritable(there)) {
        return Finding.wrong(
            "Disk", there + " cannot be written to", "Name another folder: SLUICE_STATE.");
      }
      return usable >= USUAL_DISK
          ? Finding.good("Disk", found)
          : Finding.remark(
              "Disk", found, "Make room, or name a folder on another disk: SLUICE_STATE.");
    } catch (IOException e) {
      return Finding.wrong(
          "Disk", "%s: %s".formatted(state, e), "Name another folder: SLUICE_STATE.");
    }
  }

  /** Whether what is unpacked to the folders of native libraries can be executed. */
  static List<Finding> nativeLibraries() {
    String home = System.getProperty("user.home");
    List<Finding> findings = new ArrayList<>();
    findings.add(
        executes(
            Path.of(System.getProperty("java.io.tmpdir")),
            "JAVA_TOOL_OPTIONS=-Djava.io.tmpdir=FOLDER"));
    findings.add(
        executes(
            Path.of(System.getProperty("org.bytedeco.javacpp.cachedir", home + "/.javacpp/cache")),
            "JAVA_TOOL_OPTIONS=-Dorg.bytedeco.javacpp.cachedir=FOLDER"));
    return findings;
  }

  /**
   * Whether a file in a folder can be executed.
   *
   * @param remedy how to name another folder
   */
  static Finding executes(Path folder, String remedy) {
    String subject = "Folder for native libraries";
    try {
      Files.createDirectories(folder);
      Path script =
          Files.createTempFile(
              folder,
              "sluice",
              ".sh",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      try {
        Files.writeString(script, "#!/bin/sh\nexit 0\n");
        int status = new ProcessBuilder(script.toString()).start().waitFor();
        return status == 0
            ? Finding.good(subject, folder.toString())
            : Finding.wrong(subject, folder + " executes nothing", "Name another one: " + remedy);
      } finally {
        Files.delete(script);
      }
    } catch (IOException e) {
      return Finding.wrong(
          subject,
          "%s: %s".formatted(folder, e.getMessage()),
          "Name one that programs can be executed from: " + remedy);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Finding.remark(subject, folder + ": interrupted", "");
    }
  }
}
