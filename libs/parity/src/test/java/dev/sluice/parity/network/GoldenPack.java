package dev.sluice.parity.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;

/** The recordings of the reference implementations that the tests compare with. */
public final class GoldenPack {

  private GoldenPack() {}

  /** The folder of the pack {@code name}. */
  public static Path folder(String name) {
    return Path.of(System.getProperty("sluice.goldens", "../../goldens"), name);
  }

  /** Runs the component pack {@code name}; the failure message names the first intermediate off. */
  public static void assertMatches(String name) {
    PackResult result = ComponentPack.read(folder(name)).run();
    assertThat(result.passes()).as(result.toString()).isTrue();
  }
}
