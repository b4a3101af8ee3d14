package dev.sluice.launcher.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The reference data's tiny unCLIP, as the one model of a folder of models. */
public final class TinyModel {

  static final String NAME = "pipe-unclip";

  private TinyModel() {}

  /** Where the reference data has it. */
  static Path source() {
    return source(NAME);
  }

  /** Where the reference data has one of its models. */
  static Path source(String name) {
    return Path.of(System.getProperty("sluice.goldens"), name);
  }

  /** Copies it into {@code models}; returns its folder there. */
  public static Path install(Path models) throws IOException {
    return install(NAME, models);
  }

  /** Copies one of the reference data's models into {@code models}. */
  public static Path install(String name, Path models) throws IOException {
    return copy(source(name), models);
  }

  /** Copies a model's folder into {@code models}. */
  static Path copy(Path source, Path models) throws IOException {
    Path installed = models.resolve(source.getFileName());
    try (Stream<Path> tree = Files.walk(source)) {
      for (Path path : tree.filter(Files::isRegularFile).toList()) {
        Path target = installed.resolve(source.relativize(path));
        Files.createDirectories(target.getParent());
        Files.copy(path, target);
      }
    }
    return installed;
  }
}
