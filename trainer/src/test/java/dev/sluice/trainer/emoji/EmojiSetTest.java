package dev.sluice.trainer.emoji;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.trainer.data.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmojiSetTest {

  @TempDir private Path packages;
  private final List<String> told = new ArrayList<>();

  private EmojiSet read(String... leftOut) {
    return EmojiSet.read(Optional.of(packages), Vendor.GOOGLE, List.of(leftOut), told::add);
  }

  @Test
  void namesAndKeywords_areWordsThatPeopleSay() throws IOException {
    TinyEmoji.write(packages);

    Emoji first = read().all().get(0);

    assertThat(first.code()).isEqualTo("1f400");
    assertThat(first.names()).containsExactly("big ball no 0", "ball no 0");
    assertThat(first.keywords()).as("a smile of marks is no word").containsExactly("toy");
    assertThat(EmojiNames.readable("RESCUE_WORKER_S_HELMET")).isEqualTo("rescue workers helmet");
    assertThat(EmojiNames.readable("BLACK SUN WITH RAYS (SYMBOL)"))
        .isEqualTo("black sun with rays");
    assertThat(told).isEmpty();
  }

  @Test
  void picturesThatAreMissingOrBroken_areToldAndPassedOver() throws IOException {
    TinyEmoji.write(packages);
    Path pictures = packages.resolve("emoji-datasource-google/img/google/64");
    Files.delete(pictures.resolve("1f401.png"));
    byte[] whole = Files.readAllBytes(pictures.resolve("1f402.png"));
    Files.write(pictures.resolve("1f402.png"), java.util.Arrays.copyOf(whole, whole.length / 2));

    EmojiSet set = read();

    assertThat(set.all()).hasSize(TinyEmoji.COUNT - 2);
    assertThat(told).hasSize(2);
    assertThat(told.get(0)).contains("1f401.png is passed over: it cannot be read");
    assertThat(told.get(1)).contains("1f402.png is passed over: it is a truncated PNG file");
  }

  @Test
  void whatIsNotWanted_isLeftOut() throws IOException {
    Path set = packages.resolve("emoji-datasource-google");
    TinyEmoji.json(
        set.resolve("emoji.json"),
        List.of(
            TinyEmoji.entry("1f401", "WALKER", "person"),
            TinyEmoji.entry("1f402", "WALKER FACING RIGHT", "person"),
            TinyEmoji.entry("1f403", "FLAG", "country-flag")));
    Path pictures = Files.createDirectories(set.resolve("img/google/64"));
    for (String code : List.of("1f401", "1f402", "1f403")) {
      ImageIO.write(TinyEmoji.drawing(1), "png", pictures.resolve(code + ".png").toFile());
    }

    assertThat(read("country-flag").all()).extracting(Emoji::name).containsExactly("walker");
  }

  @Test
  void aSetThatIsNoSet_isToldWithAWayToGetOne() throws IOException {
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(this::read)
        .withMessageContaining("trainer/data/emoji/fetch")
        .withMessageContaining("--data DIR");

    Path list = packages.resolve("emoji-datasource-google/emoji.json");
    Files.createDirectories(list.getParent());
    Files.writeString(list, "[{");
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(this::read)
        .withMessageContaining("is no JSON");

    TinyEmoji.json(list, List.of(Map.of("image", "../../../secret.png")));
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(this::read)
        .withMessageContaining("'../../../secret.png'");

    TinyEmoji.json(list, List.of(TinyEmoji.entry("1f401", "GONE", "thing")));
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(this::read)
        .withMessageContaining("names no picture that is there");
  }

  @Test
  void whatIsHeldOut_isSeenByNoTraining() throws IOException {
    TinyEmoji.write(packages);
    EmojiSet set = read();

    assertThat(set.heldOut().all()).isNotEmpty();
    assertThat(set.heldOut().all().size()).isLessThan(TinyEmoji.COUNT / 5);
    assertThat(set.training().all()).doesNotContainAnyElementsOf(set.heldOut().all());
    assertThat(set.training().all().size() + set.heldOut().all().size()).isEqualTo(TinyEmoji.COUNT);
  }
}
