package dev.sluice.trainer.shapes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.trainer.vocabulary.BytePairs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShapesVocabularyTest {

  private final World world = World.GROUPS;
  private final ShapesVocabulary vocabulary = new ShapesVocabulary(world);
  @TempDir Path folder;
  private Map<String, Integer> ids;
  private List<String> merges;

  @BeforeEach
  void write() throws IOException {
    vocabulary.write(folder);
    ids =
        new ObjectMapper()
            .readValue(folder.resolve("vocab.json").toFile(), new TypeReference<>() {});
    List<String> lines = Files.readAllLines(folder.resolve("merges.txt"));
    merges = lines.subList(1, lines.size());
  }

  @Test
  void everyWordOfTheWorldIsOneToken() {
    assertThat(world.words()).allSatisfy(word -> assertThat(encode(word)).hasSize(1));
  }

  @Test
  void everyWordHasItsOwnToken() {
    assertThat(world.words().stream().map(word -> encode(word).get(0))).doesNotHaveDuplicates();
  }

  @Test
  void unknownTextStillEncodes() {
    for (String word : List.of("xylophone", "größe", "日本", "redcircle", "~", "\u0001")) {
      assertThat(encode(word)).isNotEmpty().doesNotContainNull();
    }
  }

  @Test
  void idsAreDenseAndEndWithTheMarks() {
    assertThat(new HashSet<>(ids.values())).hasSize(vocabulary.size());
    assertThat(ids.values()).allMatch(id -> id >= 0 && id < vocabulary.size());
    assertThat(ids.get("<|startoftext|>")).isEqualTo(vocabulary.size() - 2);
    assertThat(ids.get("<|endoftext|>")).isEqualTo(vocabulary.size() - 1);
  }

  @Test
  void everyMergeAddsOneToken() {
    assertThat(vocabulary.size()).isEqualTo(512 + merges.size() + 2);
  }

  @Test
  void byteTokensHaveTheIdsOfClip() {
    // From the published vocab.json of openai/clip-vit-large-patch14.
    assertThat(ids.get("!")).isZero();
    assertThat(ids.get("a")).isEqualTo(64);
    assertThat(ids.get("Ġ")).isEqualTo(220);
    assertThat(ids.get("!</w>")).isEqualTo(256);
    assertThat(ids.get("a</w>")).isEqualTo(320);
  }

  @Test
  void writtenConfigLimitsTheLength() throws IOException {
    JsonNode config = new ObjectMapper().readTree(folder.resolve("tokenizer_config.json").toFile());
    assertThat(config.get("model_max_length").asInt()).isEqualTo(ShapesVocabulary.MAX_LENGTH);
    assertThat(config.get("tokenizer_class").asText()).isEqualTo("CLIPTokenizer");
    assertThat(config.get("pad_token").asText()).isEqualTo("<|endoftext|>");
  }

  /** CLIP's encoding of one word, written down plainly: join the pair that was learned first. */
  private List<Integer> encode(String word) {
    Map<String, Integer> rank = new HashMap<>();
    merges.forEach(merge -> rank.put(merge, rank.size()));
    List<String> symbols = new ArrayList<>();
    for (byte b : word.getBytes(StandardCharsets.UTF_8)) {
      symbols.add(BytePairs.byteSymbols().get(b & 0xff));
    }
    symbols.set(symbols.size() - 1, symbols.get(symbols.size() - 1) + "</w>");
    while (true) {
      int best = -1;
      for (int i = 0; i + 1 < symbols.size(); i++) {
        Integer r = rank.get(symbols.get(i) + " " + symbols.get(i + 1));
        if (r != null
            && (best < 0 || r < rank.get(symbols.get(best) + " " + symbols.get(best + 1)))) {
          best = i;
        }
      }
      if (best < 0) {
        return symbols.stream().map(ids::get).toList();
      }
      symbols.set(best, symbols.get(best) + symbols.remove(best + 1));
    }
  }
}
