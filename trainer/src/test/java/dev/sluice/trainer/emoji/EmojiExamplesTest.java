package dev.sluice.trainer.emoji;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.planning.picture.Pixels;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.recipe.RecipeFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmojiExamplesTest {

  private static final int RED = 0xffe02020;
  private static final int GREEN_LEAF = 0xff20c020;
  private static final int GREY = 0xff808080;

  @TempDir private Path packages;

  private static Emoji apple() {
    int[] argb = new int[EmojiSet.SIDE * EmojiSet.SIDE];
    Arrays.fill(argb, 0, argb.length / 2, RED);
    argb[0] = GREEN_LEAF;
    argb[1] = GREY;
    return new Emoji(
        "1f34e",
        List.of("red apple", "apple"),
        List.of("fruit"),
        "Food & Drink",
        "food-fruit",
        new Pixels(EmojiSet.SIDE, EmojiSet.SIDE, argb));
  }

  @Test
  void captions_sayTheColorInPlaceOfItsOwn() {
    assertThat(EmojiCaptions.of(apple())).isEqualTo("a red apple");
    assertThat(EmojiCaptions.of(apple(), PlainColor.ORANGE)).isEqualTo("an orange apple");

    Set<String> captions = new HashSet<>();
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 500; i++) {
      captions.add(
          EmojiCaptions.drawn(
              apple(), Optional.of(PlainColor.BLUE), Optional.of(PlainColor.PINK), random));
    }
    assertThat(captions)
        .contains("a blue apple on a pink background", "blue apple emoji, pink background")
        .allMatch(caption -> caption.contains("blue") && caption.endsWith("pink background"))
        .noneMatch(caption -> caption.contains("red"));
    assertThat(EmojiCaptions.words(apple()))
        .as("all of which the vocabulary knows")
        .containsAll(
            captions.stream()
                .flatMap(caption -> Arrays.stream(caption.replace(",", " ,").split(" ")))
                .toList());
  }

  @Test
  void painting_changesWhatIsOfTheHueAndNothingElse() {
    Pixels picture = apple().pixels();
    double hue = Hues.of(picture).orElseThrow();
    assertThat(Hues.apart(hue, 0)).isLessThan(5);

    Pixels blue = Hues.painted(picture, hue, PlainColor.BLUE.hue());

    assertThat(Hues.of(blue).orElseThrow()).isCloseTo(PlainColor.BLUE.hue(), within(5.0));
    assertThat(Hues.nearest(blue)).isEqualTo(PlainColor.BLUE);
    assertThat(blue.argb()[0]).as("the leaf").isEqualTo(GREEN_LEAF);
    assertThat(blue.argb()[1]).isEqualTo(GREY);
    assertThat(blue.argb()[5]).as("as dark and as strong").isEqualTo(0xff2070e0);
    assertThat(blue.argb()[blue.argb().length - 1]).as("where nothing is").isZero();
  }

  @Test
  void batches_areTheSameWheneverTheyAreAskedForAndHoldOutPairs() throws IOException {
    EmojiSet set =
        EmojiSet.read(Optional.of(TinyEmoji.write(packages)), Vendor.GOOGLE, List.of(), told -> {});
    Recipe recipe = RecipeFile.with(RecipeFile.shipped("emoji"), "examples.painted=1");
    EmojiExamples examples = new EmojiExamples(set, recipe, 3);

    EmojiExamples.Example[] batch = examples.batch(7, 16);
    examples.batch(8, 16);
    EmojiExamples.Example[] again = new EmojiExamples(set, recipe, 3).batch(7, 16);
    for (int i = 0; i < batch.length; i++) {
      assertThat(again[i].caption()).isEqualTo(batch[i].caption());
      assertThat(again[i].picture()).isEqualTo(batch[i].picture());
    }

    Set<String> captions = new HashSet<>();
    for (int number = 0; number < 200; number++) {
      for (EmojiExamples.Example example : examples.batch(number, 16)) {
        captions.add(example.caption());
      }
    }
    long heldOut = 0;
    for (Emoji emoji : set.all()) {
      for (PlainColor color : PlainColor.HUES) {
        if (EmojiExamples.isHeldOut(emoji, color)) {
          heldOut++;
          assertThat(captions).doesNotContain(EmojiCaptions.of(emoji, color));
        }
      }
    }
    assertThat(heldOut).isBetween(20L, 100L);
  }
}
