package dev.sluice.pipeline.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.catalog.ModelFolder;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CoreShareTest {

  @TempDir private Path models;

  private ModelFolder model(String name, long bytes) throws IOException {
    Path folder = models.resolve(name);
    Files.createDirectories(folder.resolve("unet"));
    Files.writeString(
        folder.resolve(ModelFolder.INDEX),
        """
        {"_class_name": "DDPMPipeline",
         "unet": ["diffusers", "UNet2DModel"], "scheduler": ["diffusers", "DDPMScheduler"]}
        """);
    try (RandomAccessFile weights =
        new RandomAccessFile(folder.resolve("unet/weights.safetensors").toFile(), "rw")) {
      weights.setLength(bytes);
    }
    return ModelFolder.open(folder);
  }

  @Test
  void of_smallModelsMakesCallsSideBySideAndOfLargeOnesOneCallOnAllCores() throws IOException {
    ModelFolder small = model("small", 24 << 20);
    ModelFolder large = model("large", 65 << 20);

    assertThat(CoreShare.of(List.of(small), 8)).isEqualTo(new CoreShare(8, 1));
    assertThat(CoreShare.of(List.of(large), 8)).isEqualTo(new CoreShare(1, 8));
    assertThat(CoreShare.of(List.of(small, large), 8)).isEqualTo(new CoreShare(1, 8));
  }

  @Test
  void withOpThreads_leavesNoCoreWithTwoThreads() {
    assertThat(CoreShare.withOpThreads(3, 8)).isEqualTo(new CoreShare(2, 3));
    assertThat(CoreShare.withOpThreads(16, 8)).isEqualTo(new CoreShare(1, 16));
    assertThatThrownBy(() -> CoreShare.withOpThreads(0, 8))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
