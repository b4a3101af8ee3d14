package dev.sluice.stage.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for every blob store; the test of each kind extends it. */
abstract class BlobStoreContract {

  private BlobStore blobs;

  /** The store of one test, empty at first, as another process would open it. */
  abstract BlobStore another() throws IOException;

  @BeforeEach
  void openStore() throws IOException {
    blobs = another();
  }

  @Test
  void get_givesWhatAnotherProcessHasPut() throws Exception {
    another().put("image-cat/0/1-prior/image_embeds", bytes("theirs"));

    assertThat(blobs.get("image-cat/0/1-prior/image_embeds")).asString().isEqualTo("theirs");
  }

  @Test
  void put_takesNothingAtAllAsABlob() throws Exception {
    blobs.put("empty", ByteBuffer.allocate(0));

    assertThat(blobs.get("empty")).isEmpty();
    assertThat(blobs.swap("empty", Optional.empty(), bytes("x"))).isFalse();
    assertThat(blobs.swap("empty", Optional.of(new byte[0]), bytes("x"))).isTrue();
  }

  @Test
  void expire_keepsWhatIsYounger() throws Exception {
    blobs.put("image-cat/0/outcome", bytes("kept"));

    assertThat(blobs.expire(Duration.ofHours(1))).isZero();

    assertThat(blobs.get("image-cat/0/outcome")).asString().isEqualTo("kept");
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
  void delete_leavesNothingAndDoesNotMindIfNothingIsThere() throws Exception {
    blobs.put("image-cat/0/1-prior/checkpoint", bytes("x"));

    blobs.delete("image-cat/0/1-prior/checkpoint");
    blobs.delete("image-cat/0/1-prior/checkpoint");

    assertThatThrownBy(() -> blobs.get("image-cat/0/1-prior/checkpoint"))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void put_leavesTheCallersBufferAsItWas() throws Exception {
    ByteBuffer content = bytes("content");

    blobs.put("key", content);

    assertThat(content.remaining()).isEqualTo("content".length());
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
                          () -> another().swap(key, Optional.empty(), bytes("claim " + i))))
              .toList();
      int won = 0;
      for (Future<Boolean> claim : claims) {
        won += claim.get() ? 1 : 0;
      }
      assertThat(won).isEqualTo(1);
    }
    claimants.shutdown();
    for (int round = 0; round < 20; round++) {
      assertThat(blobs.get("labels/" + round)).asString().startsWith("claim ");
    }
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
  void key_thatIsNoneIsRefused(String key) {
    assertThatThrownBy(() -> blobs.get(key))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not a blob key");
    assertThatThrownBy(() -> blobs.put(key, bytes("x")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }
}
