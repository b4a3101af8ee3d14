package dev.sluice.networks.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.networks.Goldens;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;

/** What holds for any text, also one that is no valid Unicode. */
class TokenizerLawsTest {

  private static final Tokenizer CLIP = Tokenizers.open(Goldens.folder("tokenizer-clip"));
  private static final Tokenizer T5 = Tokenizers.open(Goldens.folder("tokenizer-t5"));

  @AfterContainer
  static void close() {
    CLIP.close();
    T5.close();
  }

  @Property(tries = 300)
  void clipIds_areTheWholeText_cutAndPadded(
      @ForAll String text, @ForAll @IntRange(min = 2, max = 40) int length) {
    long[] whole = CLIP.encode(text);
    TokenIds ids = CLIP.encode(text, length);

    int kept = Math.min(whole.length, length);
    assertThat(ids.ids()).hasSize(length);
    assertThat(Arrays.copyOf(ids.ids(), kept - 1)).isEqualTo(Arrays.copyOf(whole, kept - 1));
    assertThat(ids.ids()[kept - 1]).isEqualTo(633);
    assertThat(Arrays.stream(ids.attentionMask()).sum()).isEqualTo(kept);
    assertThat(Arrays.stream(ids.ids())).allMatch(id -> id >= 0 && id < 634);
  }

  @Property(tries = 300)
  void t5Ids_areTheWholeText_cutAndPadded(
      @ForAll String text, @ForAll @IntRange(min = 1, max = 40) int length) {
    long[] whole = T5.encode(text);
    TokenIds ids = T5.encode(text, length);

    int kept = Math.min(whole.length, length);
    assertThat(ids.ids()).hasSize(length);
    assertThat(Arrays.copyOf(ids.ids(), kept - 1)).isEqualTo(Arrays.copyOf(whole, kept - 1));
    assertThat(ids.ids()[kept - 1]).isEqualTo(1);
    assertThat(Arrays.copyOfRange(ids.ids(), kept, length)).isEqualTo(new long[length - kept]);
    assertThat(Arrays.stream(ids.attentionMask()).sum()).isEqualTo(kept);
  }
}
