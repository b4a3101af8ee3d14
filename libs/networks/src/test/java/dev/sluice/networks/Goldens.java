package dev.sluice.networks;

import java.nio.file.Path;

/** The recordings of the reference implementations. */
public final class Goldens {

  private Goldens() {}

  /** The folder of the pack {@code name}. */
  public static Path folder(String name) {
    return Path.of(System.getProperty("sluice.goldens", "../../goldens"), name);
  }
}
