package dev.sluice.parity;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.parity.network.About;
import dev.sluice.parity.network.ComponentPack;
import dev.sluice.parity.network.PackResult;
import dev.sluice.parity.network.TokenizerPack;
import java.nio.file.Path;

/** A recording that can be run again here and compared. */
@FunctionalInterface
interface Pack {

  /**
   * Runs everything that was recorded.
   *
   * @throws RuntimeException if a file of the pack cannot be read or does not hold what it should
   */
  PackResult run() throws InterruptedException;

  /**
   * Reads the pack in {@code folder}; what its {@code about.json} describes says of which kind it
   * is.
   *
   * @throws IllegalArgumentException if it is none, or malformed
   */
  static Pack open(Path folder) {
    JsonNode about = About.read(folder);
    if (about.has("runs")) {
      return PipelinePack.read(folder, about);
    }
    if (about.has("calls")) {
      return ComponentPack.read(folder)::run;
    }
    if (about.has("cases")) {
      return TokenizerPack.read(folder)::run;
    }
    if (about.has("noise_used")) {
      return SamplerPack.read(folder, about);
    }
    if (about.has("tensors")) {
      return about.has("seeds") ? RngPack.read(folder, about) : OpsPack.read(folder, about);
    }
    throw new IllegalArgumentException(
        folder.resolve(About.FILE)
            + ": a pack of no known kind; expected \"calls\" (a component), \"cases\" (a tokenizer),"
            + " \"noise_used\" (a sampler), \"tensors\" (operations; with \"seeds\", random numbers)"
            + " or \"runs\" (a pipeline)");
  }

  /** The name of the folder, by which a pack goes. */
  static String name(Path folder) {
    return folder.toAbsolutePath().normalize().getFileName().toString();
  }
}
