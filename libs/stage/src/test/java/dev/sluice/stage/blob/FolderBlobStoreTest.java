package dev.sluice.stage.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is a folder's own. */
class FolderBlobStoreTest extends BlobStoreContract {

  @TempDir private Path parent;
  private Path folder;
  private FolderBlobStore blobs;

  @BeforeEach
  void setUp() {
    folder = parent.resolve("blobs");
    blobs = another();
  }

  @Override
  FolderBlobStore another() {
    return new FolderBlobStore(parent.resolve("blobs"));
  }

  /** However many wrote at the same time. */
  @AfterEach
  void noUnfinishedFileIsLeft() throws Exception {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        assertThat(files).noneMatch(file -> file.toString().endsWith(".tmp"));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"../secret", "a/../../secret"})
  void key_neverLeadsOutOfTheFolder(String key) throws Exception {
    Files.createDirectories(folder.resolve("a"));
    Files.writeString(parent.resolve("secret"), "secret");

    assertThatThrownBy(() -> blobs.get(key)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> blobs.put(key, bytes("x")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(parent.resolve("secret")).hasContent("secret");
  }

  @Test
  void swap_leavesNothingThatIsCountedAsABlob() throws Exception {
    blobs.swap("labels/cat", Optional.empty(), bytes("x"));

    assertThat(blobs.deleteOlderThan(Instant.now().plusSeconds(60))).isEqualTo(1);
  }

  @Test
  void expire_deletesWhatIsOlder() throws Exception {
    blobs.put("old", bytes("x"));
    blobs.put("new", bytes("x"));
    Files.setLastModifiedTime(
        folder.resolve("old"), FileTime.from(Instant.now().minusSeconds(7200)));

    assertThat(blobs.expire(Duration.ofHours(1))).isEqualTo(1);

    assertThat(folder.resolve("old")).doesNotExist();
    assertThat(folder.resolve("new")).exists();
  }

  @Test
  void deleteOlderThan_keepsWhatWasWrittenSinceAndItsFolders() throws Exception {
    Instant now = Instant.now();
    blobs.put("image-old/0/1-prior/image_embeds", bytes("old"));
    blobs.put("image-old/0/2-denoiser/sample", bytes("new"));
    blobs.put("image-gone/0/1-prior/image_embeds", bytes("old"));
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path path : files.filter(file -> !file.endsWith("sample")).toList()) {
        Files.setLastModifiedTime(path, FileTime.from(now.minusSeconds(7200)));
      }
    }

    assertThat(blobs.deleteOlderThan(now.minusSeconds(3600))).isEqualTo(2);

    assertThat(blobs.get("image-old/0/2-denoiser/sample")).asString().isEqualTo("new");
    assertThat(folder.resolve("image-old/0/1-prior")).doesNotExist();
    assertThat(folder.resolve("image-gone/0")).doesNotExist();
    assertThat(new FolderBlobStore(parent.resolve("none")).deleteOlderThan(now)).isZero();
  }
}
