package dev.sluice.trainer.vocabulary;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A CLIP vocabulary that is learned from words: each of them is one token, or the frequent ones
 * where there are more than merges; anything else still encodes, byte by byte.
 *
 * <p>Ids follow CLIP's order: 256 bytes, 256 bytes that end a word, one per merge, start, end.
 */
public final class ClipVocabulary {

  private static final String START = "<|startoftext|>";
  private static final String END = "<|endoftext|>";

  private final List<BytePairs.Merge> merges;
  private final Map<String, Integer> ids;
  private final int maxLength;

  /**
   * Learns it.
   *
   * @param words with how often each occurs
   * @param most merges
   * @param maxLength tokens of a prompt, start and end included
   */
  public ClipVocabulary(Map<String, Integer> words, int most, int maxLength) {
    this.merges = BytePairs.learn(words, most);
    this.maxLength = maxLength;
    List<String> tokens = new ArrayList<>(BytePairs.alphabet());
    BytePairs.alphabet().forEach(symbol -> tokens.add(symbol + BytePairs.END_OF_WORD));
    merges.forEach(merge -> tokens.add(merge.merged()));
    tokens.add(START);
    tokens.add(END);
    this.ids = new LinkedHashMap<>();
    tokens.forEach(token -> ids.putIfAbsent(token, ids.size()));
  }

  /** Number of tokens. */
  public int size() {
    return ids.size();
  }

  /** Id of the token that starts every prompt. */
  public int startId() {
    return ids.get(START);
  }

  /** Id of the token that ends every prompt and fills it up. */
  public int endId() {
    return ids.get(END);
  }

  /** Id of the token that is a whole word; null where there is none. */
  public Integer wordId(String word) {
    return ids.get(word + BytePairs.END_OF_WORD);
  }

  /** What a CLIP text encoder's config has of its vocabulary. */
  public Map<String, Object> textConfig() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("vocab_size", size());
    config.put("max_position_embeddings", maxLength);
    config.put("bos_token_id", startId());
    config.put("eos_token_id", endId());
    config.put("pad_token_id", endId());
    return config;
  }

  /**
   * Writes {@code vocab.json}, {@code merges.txt}, {@code tokenizer_config.json} and {@code
   * special_tokens_map.json} as Hugging Face's CLIPTokenizer reads them.
   *
   * @param folder made if absent
   */
  public void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    json.writeValue(folder.resolve("vocab.json").toFile(), ids);
    StringBuilder lines = new StringBuilder("#version: 0.2\n");
    merges.forEach(
        merge -> lines.append(merge.left()).append(' ').append(merge.right()).append('\n'));
    Files.writeString(folder.resolve("merges.txt"), lines, StandardCharsets.UTF_8);
    json.writeValue(folder.resolve("tokenizer_config.json").toFile(), tokenizerConfig());
    json.writeValue(folder.resolve("special_tokens_map.json").toFile(), specialTokens());
  }

  private Map<String, Object> tokenizerConfig() {
    Map<String, Object> config = new LinkedHashMap<>(specialTokens());
    config.put("add_prefix_space", false);
    config.put("do_lower_case", true);
    config.put("errors", "replace");
    config.put("model_max_length", maxLength);
    config.put("tokenizer_class", "CLIPTokenizer");
    return config;
  }

  private static Map<String, Object> specialTokens() {
    Map<String, Object> special = new LinkedHashMap<>();
    special.put("bos_token", START);
    special.put("eos_token", END);
    special.put("pad_token", END);
    special.put("unk_token", END);
    return special;
  }
}
