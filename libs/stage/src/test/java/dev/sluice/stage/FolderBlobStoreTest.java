package dev.sluice.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FolderBlobStoreTest {

  @TempDir private Path parent;
  private Path folder;
  private FolderBlobStore blobs;

  @BeforeEach
  void setUp() {
    folder = parent.resolve("blobs");
    blobs = new FolderBlobStore(folder);
  }

  @Test
  void get_givesWhatWasPutLast() throws Exception {
    blobs.put("image-cat/0/1-prior/image_embeds", bytes("first"));
    blobs.put("image-cat/0/1-prior/image_embeds", bytes("second"));

    assertThat(blobs.get("image-cat/0/1-prior/image_embeds")).asString().isEqualTo("second");
  }

  @Test
  void swap_writesOnlyOverWhatTheCallerBelievesToBeThere() throws Exception {
    assertThat(blobs.swap("labels/cat", Optional.of(new byte[] {1}), bytes("x"))).isFalse();
    assertThat(blobs.swap("labels/cat", Optional.empty(), bytes("first"))).isTrue();
    assertThat(blobs.swap("labels/cat", Optional.empty(), bytes("second"))).isFalse();
    assertThat(blobs.swap("labels/cat", Optional.of("other".getBytes()), bytes("x"))).isFalse();
    assertThat(blobs.get("labels/cat")).asString().isEqualTo("first");

    assertThat(blobs.swap("labels/cat", Optional.of("first".getBytes()), bytes("third"))).isTrue();
    assertThat(blobs.get("labels/cat")).asString().isEqualTo("third");
  }

  @Test
  void swap_letsOneOfManyWin() throws Exception {
    ExecutorService claimants = Executors.newFixedThreadPool(8);
    for (int round = 0; round < 20; round++) {
      String key = "labels/" + round;
      List<Future<Boolean>> claims =
          IntStream.range(0, 8)
              .mapToObj(
                  i ->
                      claimants.submit(
                          () ->
                              new FolderBlobStore(folder)
                                  .swap(key, Optional.empty(), bytes("claim " + i))))
              .toList();
      int won = 0;
      for (Future<Boolean> claim : claims) {
        won += claim.get() ? 1 : 0;
      }
      assertThat(won).isEqualTo(1);
    }
    claimants.shutdown();
    assertThat(blobs.deleteOlderThan(Instant.now().plusSeconds(60))).isEqualTo(20);
  }

  @Test
  void delete_leavesNothingAndDoesNotMindIfNothingIsThere() throws Exception {
    blobs.put("image-cat/0/1-prior/checkpoint", bytes("x"));

    blobs.delete("image-cat/0/1-prior/checkpoint");
    blobs.delete("image-cat/0/1-prior/checkpoint");

    assertThatThrownBy(() -> blobs.get("image-cat/0/1-prior/checkpoint"))
        .isInstanceOf(NoSuchFileException.class);
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

  @Test
  void put_leavesTheCallersBufferAsItWas() throws Exception {
    ByteBuffer content = bytes("content");

    blobs.put("key", content);

    assertThat(content.remaining()).isEqualTo("content".length());
  }

  @Test
  void get_seesOneOfSeveralWritersWhole() throws Exception {
    putUniform((byte) -1);
    ExecutorService writers = Executors.newFixedThreadPool(4);
    List<Future<?>> written =
        IntStream.range(0, 40)
            .<Future<?>>mapToObj(i -> writers.submit(() -> putUniform((byte) i)))
            .toList();
    while (!written.stream().allMatch(Future::isDone)) {
      assertUniform(blobs.get("contended"));
    }
    for (Future<?> one : written) {
      one.get();
    }
    writers.shutdown();

    assertUniform(blobs.get("contended"));
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).as("no unfinished file is left").hasSize(1);
    }
  }

  private Void putUniform(byte value) throws IOException {
    byte[] content = new byte[100_000];
    Arrays.fill(content, value);
    blobs.put("contended", ByteBuffer.wrap(content));
    return null;
  }

  private static void assertUniform(byte[] content) {
    assertThat(content).hasSize(100_000);
    assertThat(Arrays.mismatch(content, 1, content.length, content, 0, content.length - 1))
        .isEqualTo(-1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "../secret",
        "a/../../secret",
        "/etc/passwd",
        "a//b",
        "a/",
        "a\\..\\b",
        "a\0b",
        "a/.hidden",
        "%2e%2e/secret",
        "a b",
        "1/2/3/4/5/6/7/8/9"
      })
  void key_thatMightLeadOutOfTheFolderIsRefused(String key) throws Exception {
    Files.writeString(parent.resolve("secret"), "secret");

    assertThatThrownBy(() -> blobs.get(key))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not a blob key");
    assertThatThrownBy(() -> blobs.put(key, bytes("x")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(parent.resolve("secret")).hasContent("secret");
  }

  @Test
  void key_isOfLimitedLength() {
    assertThatThrownBy(() -> blobs.get("k".repeat(513)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void get_saysWhatIsNotThere() throws Exception {
    blobs.put("folder/blob", bytes("x"));

    for (String absent : List.of("nothing", "folder", "folder/blob/deeper", "k".repeat(300))) {
      assertThatThrownBy(() -> blobs.get(absent))
          .isInstanceOf(NoSuchFileException.class)
          .hasMessage(absent);
    }
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }
}
