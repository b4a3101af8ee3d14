package dev.sluice.networks.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.networks.Goldens;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class T5TokenizerTest {

  private static final Path FOLDER = Goldens.folder("tokenizer-t5");
  private static final int PIECES = 300;

  @TempDir Path folder;

  @Test
  void encode_keepsTheEndWhenTextIsCut() {
    try (Tokenizer tokenizer = T5Tokenizer.open(FOLDER)) {
      TokenIds ids = tokenizer.encode("a photo of an astronaut", 4);

      assertThat(ids.ids()).containsExactly(21, 121, 299, 1);
      assertThat(ids.attentionMask()).containsOnly(1);
    }
  }

  @Test
  void encode_addsNoSecondEnd() {
    try (Tokenizer tokenizer = T5Tokenizer.open(FOLDER)) {
      assertThat(tokenizer.encode("a</s>")).isEqualTo(tokenizer.encode("a"));
    }
  }

  @Test
  void sentinels_comeAfterAllPiecesInReverse() throws Exception {
    Files.copy(FOLDER.resolve("spiece.model"), folder.resolve("spiece.model"));
    try (Tokenizer tokenizer = Tokenizers.open(folder)) {
      assertThat(tokenizer.encode("<extra_id_0><extra_id_99>"))
          .containsExactly(PIECES + 99, PIECES, 1);
    }
  }

  @Test
  void unigramTokenizerJson_isATokenizerOfT5() throws Exception {
    Files.writeString(
        folder.resolve("tokenizer.json"),
        """
        {"version": "1.0",
         "added_tokens": [
           {"id": 0, "content": "<pad>", "single_word": false, "lstrip": false, "rstrip": false,
            "normalized": false, "special": true},
           {"id": 1, "content": "</s>", "single_word": false, "lstrip": false, "rstrip": false,
            "normalized": false, "special": true}],
         "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"},
         "post_processor": {"type": "TemplateProcessing",
           "single": [{"Sequence": {"id": "A", "type_id": 0}},
                      {"SpecialToken": {"id": "</s>", "type_id": 0}}],
           "pair": [],
           "special_tokens": {"</s>": {"id": "</s>", "ids": [1], "tokens": ["</s>"]}}},
         "model": {"type": "Unigram", "unk_id": 2,
           "vocab": [["<pad>", 0], ["</s>", 0], ["<unk>", 0], ["▁a", -1], ["▁cat", -2]]}}""");
    try (Tokenizer tokenizer = Tokenizers.open(folder)) {
      assertThat(tokenizer.encode("a cat", 6).ids()).containsExactly(3, 4, 1, 0, 0, 0);
    }
  }

  @Test
  void open_refusesAFileThatIsNoModel() throws Exception {
    Path file = folder.resolve("spiece.model");
    Files.writeString(file, "not a model");
    assertThatThrownBy(() -> Tokenizers.open(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(file + ": not a SentencePiece model");
  }
}
