package dev.sluice.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The reference data's tiny unCLIP, as the one model of a folder of models. */
final class TinyModel {

  static final String NAME = "pipe-unclip";

  private TinyModel() {}

  /** Where the reference data has it. */
  static Path source() {
    return Path.of(System.getProperty("sluice.goldens"), NAME);
  }

  /** Copies it into {@code models}; returns its folder there. */
  static Path install(Path models) throws IOException {
    Path installed = models.resolve(NAME);
    try (Stream<Path> tree = Files.walk(source())) {
      for (Path path : tree.filter(Files::isRegularFile).toList()) {
        Path target = installed.resolve(source().relativize(path));
        Files.createDirectories(target.getParent());
        Files.copy(path, target);
      }
    }
    return installed;
  }
}
