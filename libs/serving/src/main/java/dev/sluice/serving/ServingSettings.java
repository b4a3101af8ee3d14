package dev.sluice.serving;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** How a stage serves its models; each key is also an environment variable. */
@ConfigMapping(prefix = "sluice.serving")
public interface ServingSettings {

  /**
   * The names of the models to load at start; by default those that are small. Others are loaded
   * when they are first asked for.
   */
  Optional<List<String>> preload();

  /**
   * The memory for networks and their work, such as {@code 6G}. By default nine tenths of the
   * machine's, or of the container's limit, less the heap.
   */
  Optional<MemorySize> memory();

  /** The most rows of one network call. */
  @WithDefault("32")
  int batchRows();

  /** The most rows times height times width of one network call. */
  @WithDefault("2097152")
  long batchPixels();

  /**
   * Threads that one operation of a network uses; calls of a network run side by side on the other
   * cores. By default one thread where all models to load are small, and else all cores.
   */
  OptionalInt opThreads();

  /**
   * The precision of weights in memory: {@code stored} as the files have them, {@code float32}, or
   * {@code auto}, which keeps large networks as stored.
   */
  @WithDefault("auto")
  String weights();

  /**
   * The precision in which networks multiply: {@code float32}, {@code bfloat16}, or {@code auto},
   * which is bfloat16 where the processor has instructions for it.
   */
  @WithDefault("float32")
  String precision();

  /** Graphs that a network keeps at most, one for each shape of input. */
  @WithDefault("16")
  int graphs();
}
