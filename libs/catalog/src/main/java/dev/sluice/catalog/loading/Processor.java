package dev.sluice.catalog.loading;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;

/** What this machine's processor can do. */
public final class Processor {

  private static final Set<String> BFLOAT16 = Set.of("avx512_bf16", "amx_bf16");

  private Processor() {}

  /** Whether it has instructions that multiply bfloat16 (AVX512_BF16, AMX_BF16), as Linux tells. */
  public static boolean multipliesBfloat16() {
    try {
      return multipliesBfloat16(Files.readString(Path.of("/proc/cpuinfo")));
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * @param cpuinfo as in {@code /proc/cpuinfo}
   */
  static boolean multipliesBfloat16(String cpuinfo) {
    return cpuinfo
        .lines()
        .filter(line -> line.startsWith("flags"))
        .flatMap(line -> Arrays.stream(line.split("\\s+")))
        .anyMatch(BFLOAT16::contains);
  }
}
