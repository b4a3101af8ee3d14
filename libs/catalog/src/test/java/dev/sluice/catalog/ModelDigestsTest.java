package dev.sluice.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelDigestsTest {

  @TempDir private Path folder;

  private final ModelDigests digests = new ModelDigests();

  @BeforeEach
  void writeModel() throws IOException {
    write(
        "model_index.json",
        "{\"_class_name\": \"DDPMPipeline\", \"unet\": [\"diffusers\", \"UNet2DModel\"],"
            + " \"scheduler\": [\"diffusers\", \"DDPMScheduler\"]}");
    write("unet/config.json", "{}");
    write("unet/weights.safetensors", "abc");
    write("vae/config.json", "{}");
    Files.createDirectories(folder.resolve("empty"));
  }

  private void write(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  private Map<String, String> digest() {
    return digests.of(ModelFolder.open(folder));
  }

  @Test
  void of_namesTheComponentsThatHaveFiles() {
    assertThat(digest()).containsOnlyKeys("unet", "vae");
  }

  @Test
  void of_changesWithTheContentOfAFileAndInItsComponentAlone() throws IOException {
    Map<String, String> before = digest();
    write("unet/weights.safetensors", "abd");
    Files.setLastModifiedTime(
        folder.resolve("unet/weights.safetensors"),
        FileTime.from(Instant.parse("2030-01-01T00:00:00Z")));

    assertThat(digest().get("unet")).isNotEqualTo(before.get("unet"));
    assertThat(digest().get("vae")).isEqualTo(before.get("vae"));
  }

  @Test
  void of_remembersForTheNextProcessWhatItRead(@TempDir Path state) throws IOException {
    Path memory = state.resolve("below/model-digests");
    Map<String, String> before = new ModelDigests(memory).of(ModelFolder.open(folder));
    Path weights = folder.resolve("unet/weights.safetensors");
    FileTime written = Files.getLastModifiedTime(weights);
    write("unet/weights.safetensors", "abd");
    Files.setLastModifiedTime(weights, written);

    assertThat(new ModelDigests(memory).of(ModelFolder.open(folder))).isEqualTo(before);
    assertThat(digest()).as("read anew").isNotEqualTo(before);

    Files.setLastModifiedTime(weights, FileTime.from(Instant.parse("2030-01-01T00:00:00Z")));
    assertThat(new ModelDigests(memory).of(ModelFolder.open(folder))).isEqualTo(digest());
  }

  @Test
  void of_doesWithoutAMemoryThatIsDamaged(@TempDir Path state) throws IOException {
    Path memory =
        Files.write(state.resolve("model-digests"), new byte[] {'\\', 'u', '1', '=', 'x'});

    assertThat(new ModelDigests(memory).of(ModelFolder.open(folder))).isEqualTo(digest());
  }

  @Test
  void of_doesNotCountFilesThatAreNeverLoaded() throws IOException {
    Map<String, String> before = digest();
    write("unet/weights.bin", "pickle");

    assertThat(digest()).isEqualTo(before);
  }

  @Test
  void of_tellsFilesApartThatTogetherHoldTheSame() throws IOException {
    write("vae/a.json", "xy");
    write("vae/b.json", "z");
    String before = digest().get("vae");
    write("vae/a.json", "x");
    write("vae/b.json", "yz");

    assertThat(digest().get("vae")).isNotEqualTo(before);
  }
}
