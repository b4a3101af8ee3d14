package dev.sluice.networks.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.networks.Goldens;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClipTokenizerTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path FOLDER = Goldens.folder("tokenizer-clip");
  private static final long START = 632;
  private static final long END = 633;

  @TempDir Path folder;

  @Test
  void encode_keepsStartAndEndWhenTextIsCut() {
    try (Tokenizer tokenizer = ClipTokenizer.open(FOLDER)) {
      TokenIds ids = tokenizer.encode("a photo of an astronaut riding a horse on mars", 5);

      assertThat(ids.ids()).hasSize(5).startsWith(START).endsWith(END);
      assertThat(ids.attentionMask()).containsOnly(1);
    }
  }

  @Test
  void encode_refusesALengthWithoutRoomForStartAndEnd() {
    try (Tokenizer tokenizer = ClipTokenizer.open(FOLDER)) {
      assertThatThrownBy(() -> tokenizer.encode("a photo", 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no room for its start and end");
    }
  }

  @Test
  void encode_findsSpecialTokensInAnyCase() {
    try (Tokenizer tokenizer = ClipTokenizer.open(FOLDER)) {
      assertThat(tokenizer.encode("a <|ENDOFTEXT|> b"))
          .isEqualTo(tokenizer.encode("a <|endoftext|> b"))
          .hasSize(5);
    }
  }

  @Test
  void encode_takesAddedTokensAsTheyAreWritten() throws Exception {
    copy("vocab.json", "merges.txt");
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        """
        {"added_tokens_decoder": {
           "632": {"content": "<|startoftext|>"}, "633": {"content": "<|endoftext|>"},
           "634": {"content": "<MyStyle>"}},
         "tokenizer_class": "CLIPTokenizer"}""");
    try (Tokenizer tokenizer = Tokenizers.open(folder)) {
      assertThat(tokenizer.encode("in <MyStyle>")).contains(634);
      assertThat(tokenizer.encode("in <mystyle>")).doesNotContain(634);
    }
  }

  @Test
  void learnedWords_areOneTokenInEverySpelling() throws Exception {
    copy("vocab.json", "merges.txt");
    long[] plain;
    try (Tokenizer tokenizer = Tokenizers.open(folder)) {
      plain = tokenizer.encode("a <cat-toy> on a table");
    }
    Files.writeString(folder.resolve("added_tokens.json"), "{\"<cat-toy>\": 634}");
    long[] old;
    try (Tokenizer tokenizer = Tokenizers.open(folder)) {
      old = tokenizer.encode("a <cat-toy> on a table");
    }
    Files.delete(folder.resolve("added_tokens.json"));
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        """
        {"added_tokens_decoder": {
           "632": {"content": "<|startoftext|>"}, "633": {"content": "<|endoftext|>"},
           "634": {"content": "<cat-toy>"}}}""");
    try (Tokenizer tokenizer = Tokenizers.open(folder)) {
      assertThat(tokenizer.encode("a <cat-toy> on a table")).isEqualTo(old);
    }
    JSON.writeValue(folder.resolve("tokenizer.json").toFile(), fastTokenizer());
    for (String file : new String[] {"vocab.json", "merges.txt", "tokenizer_config.json"}) {
      Files.delete(folder.resolve(file));
    }
    Files.writeString(folder.resolve("added_tokens.json"), "{\"<cat-toy>\": 634}");
    try (Tokenizer tokenizer = Tokenizers.open(folder)) {
      assertThat(tokenizer.encode("a <cat-toy> on a table")).isEqualTo(old);
    }
    assertThat(old).contains(634).isNotEqualTo(plain).hasSizeLessThan(plain.length);
  }

  @Test
  void aTokenThatIsAWholeWord_isNoneInALongerOne() throws Exception {
    copy("vocab.json", "merges.txt");
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        """
        {"added_tokens_decoder": {
           "632": {"content": "<|startoftext|>"}, "633": {"content": "<|endoftext|>"},
           "634": {"content": "<toy>", "single_word": true}}}""");
    try (Tokenizer tokenizer = Tokenizers.open(folder)) {
      assertThat(tokenizer.encode("a <toy> s")).contains(634);
      assertThat(tokenizer.encode("a <toy>s")).doesNotContain(634);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1000000000000000019884624838656", "1e30", "100000000", "0", "-1", "null"})
  void lengthsThatNobodyMeant_areTheUsualOne(String length) throws Exception {
    copy("vocab.json", "merges.txt");
    Files.writeString(
        folder.resolve("tokenizer_config.json"), "{\"model_max_length\": " + length + "}");
    try (Tokenizer tokenizer = Tokenizers.open(folder)) {
      assertThat(tokenizer.maxLength()).isEqualTo(77);
    }
  }

  @Test
  void padding_isTheTokenThatTheSpecialTokensMapNames() throws Exception {
    copy("vocab.json", "merges.txt");
    Files.writeString(folder.resolve("special_tokens_map.json"), "{\"pad_token\": \"!\"}");
    try (Tokenizer tokenizer = Tokenizers.open(folder)) {
      TokenIds ids = tokenizer.encode("", 4);

      assertThat(ids.ids()).containsExactly(START, END, 0, 0);
      assertThat(ids.attentionMask()).containsExactly(1, 1, 0, 0);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a photo of an astronaut riding a horse on mars",
        "A Photo, of AN astronaut!!! riding... a horse?",
        "it's the cat's 2nd dog -- isn't it? they'll 've we're",
        "<|endoftext|> in the middle <|startoftext|>"
      })
  void tokenizerJson_givesTheSameIdsAsVocabularyAndMerges(String text) throws Exception {
    JSON.writeValue(folder.resolve("tokenizer.json").toFile(), fastTokenizer());
    try (Tokenizer fast = Tokenizers.open(folder);
        Tokenizer slow = ClipTokenizer.open(FOLDER)) {
      assertThat(fast.encode(text, 32)).isEqualTo(slow.encode(text, 32));
    }
  }

  /** What transformers writes for a CLIPTokenizerFast. */
  private static ObjectNode fastTokenizer() throws Exception {
    ObjectNode root =
        (ObjectNode)
            JSON.readTree(
                """
                {"version": "1.0", "truncation": {"direction": "Right", "max_length": 8,
                   "strategy": "LongestFirst", "stride": 0},
                 "padding": null,
                 "added_tokens": [
                   {"id": 632, "content": "<|startoftext|>", "single_word": false, "lstrip": false,
                    "rstrip": false, "normalized": true, "special": true},
                   {"id": 633, "content": "<|endoftext|>", "single_word": false, "lstrip": false,
                    "rstrip": false, "normalized": false, "special": true}],
                 "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"},
                   {"type": "Replace", "pattern": {"Regex": "\\\\s+"}, "content": " "},
                   {"type": "Lowercase"}]},
                 "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
                   {"type": "Split", "pattern": {"Regex":
                      "'s|'t|'re|'ve|'m|'ll|'d|[\\\\p{L}]+|[\\\\p{N}]|[^\\\\s\\\\p{L}\\\\p{N}]+"},
                    "behavior": "Removed", "invert": true},
                   {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true}]},
                 "post_processor": {"type": "RobertaProcessing", "sep": ["<|endoftext|>", 633],
                   "cls": ["<|startoftext|>", 632], "trim_offsets": false,
                   "add_prefix_space": false},
                 "decoder": null,
                 "model": {"type": "BPE", "dropout": null, "unk_token": "<|endoftext|>",
                   "continuing_subword_prefix": "", "end_of_word_suffix": "</w>",
                   "fuse_unk": false}}""");
    ObjectNode model = (ObjectNode) root.get("model");
    model.set("vocab", JSON.readTree(FOLDER.resolve("vocab.json").toFile()));
    ArrayNode merges = model.putArray("merges");
    Files.readString(FOLDER.resolve("merges.txt")).strip().lines().skip(1).forEach(merges::add);
    return root;
  }

  @Test
  void encode_isTheSameFromManyThreads() {
    try (Tokenizer tokenizer = ClipTokenizer.open(FOLDER)) {
      long[] alone = tokenizer.encode("a horse on mars");
      assertThat(
              IntStream.range(0, 200)
                  .parallel()
                  .allMatch(i -> Arrays.equals(alone, tokenizer.encode("a horse on mars"))))
          .isTrue();
    }
  }

  @Test
  void open_saysWhatIsMissing() {
    assertThatThrownBy(() -> Tokenizers.open(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining("no vocab.json, spiece.model or tokenizer.json");
  }

  private void copy(String... files) throws Exception {
    for (String file : files) {
      Files.copy(FOLDER.resolve(file), folder.resolve(file));
    }
  }
}
