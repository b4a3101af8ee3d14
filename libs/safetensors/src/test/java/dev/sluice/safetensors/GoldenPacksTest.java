package dev.sluice.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Files that the reference implementation wrote. */
class GoldenPacksTest {

  @Test
  void everyFileOfTheReferenceData_opensAndReads() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(Path.of(System.getProperty("sluice.goldens")))) {
      files =
          all.filter(
                  file ->
                      file.toString().endsWith(".safetensors")
                          || file.toString().endsWith(".safetensors.index.json"))
              .toList();
    }
    assertThat(files).hasSizeGreaterThan(50).anyMatch(file -> file.toString().endsWith(".json"));
    for (Path file : files) {
      try (TensorSource source = Checkpoints.open(file)) {
        for (String name : source.names()) {
          assertThat(source.floats(name)).hasSize((int) source.info(name).elements());
        }
      }
    }
  }
}
