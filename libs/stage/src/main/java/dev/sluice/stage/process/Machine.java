package dev.sluice.stage.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The machine, or the container, that this process runs in. */
public final class Machine {

  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
  private static final Path HOST = Path.of("/proc/sys/kernel/hostname");

  private static final String NAME = text(HOST) + " " + text(BOOT);

  private Machine() {}

  /**
   * A name that processes have in common which share memory: containers have host names of their
   * own, and machines of one name were started at different times.
   */
  public static String name() {
    return NAME;
  }

  private static String text(Path file) {
    try {
      return Files.readString(file).trim();
    } catch (IOException e) {
      return "";
    }
  }
}
