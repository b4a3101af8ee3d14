package dev.sluice.launcher.instance;

import java.util.HashMap;
import java.util.Map;

/**
 * Where the memory of networks comes from: the C library's heap, as it can give memory back. The
 * run script of images has the same.
 */
final class NativeMemory {

  private static final String MALLOC_SETTING = "GLIBC_TUNABLES";

  /**
   * Large pages: gigabytes in pages of 4 KB are half a million faults when they are first touched,
   * and misses of the processor's translation at every step. One arena, and chunks of up to 1 GB
   * from it that stay when they are freed, so that a step finds the pages of the step before; what
   * is to be given back is given back when weights are let go.
   */
  private static final String MALLOC_VALUES =
      "glibc.malloc.hugetlb=1:glibc.malloc.arena_max=1:glibc.malloc.mmap_threshold=1073741824"
          + ":glibc.malloc.trim_threshold=4294967296";

  private NativeMemory() {}

  /** What a service's environment says of it; the user's own settings of the C library stay. */
  static Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    // Its own pool never gives memory back, of weights that were let go neither.
    environment.put("TF_ONEDNN_USE_SYSTEM_ALLOCATOR", "true");
    if (System.getenv(MALLOC_SETTING) == null) {
      environment.put(MALLOC_SETTING, MALLOC_VALUES);
    }
    return environment;
  }
}
