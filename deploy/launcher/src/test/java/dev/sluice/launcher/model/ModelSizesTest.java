package dev.sluice.launcher.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelSizesTest {

  @TempDir private Path folder;

  private static void write(Path file, long bytes) throws IOException {
    Files.createDirectories(file.getParent());
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(bytes);
    }
  }

  @Test
  void aFolder_isOfLargeModelsByOneLargeFile_linkedOnesToo() throws IOException {
    write(folder.resolve("models/tiny/unet/model.safetensors"), 1 << 20);
    assertThat(ModelSizes.anyLarge(folder.resolve("models"))).isFalse();

    write(folder.resolve("elsewhere/unet/model.safetensors"), 65L << 20);
    Files.createSymbolicLink(folder.resolve("models/linked"), folder.resolve("elsewhere"));
    assertThat(ModelSizes.anyLarge(folder.resolve("models"))).isTrue();
  }

  @Test
  void aFolder_thatCannotBeReadIsTakenForOneOfLargeModels() {
    assertThat(ModelSizes.anyLarge(folder.resolve("gone"))).isTrue();
  }
}
