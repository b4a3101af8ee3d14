package dev.sluice.trainer.shapes;

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
 * A CLIP vocabulary for a shapes world: each of its words is one token, anything else still
 * encodes, byte by byte.
 *
 * <p>Ids follow CLIP's order: 256 bytes, 256 bytes that end a word, one per merge, start, end.
 */
public final class ShapesVocabulary {

  /** Tokens of a prompt, start and end included; the longest caption has 27. */
  public static final int MAX_LENGTH = 28;

  private static final String START = "<|startoftext|>";
  private static final String END = "<|endoftext|>";

  private final List<BytePairs.Merge> merges;
  private final Map<String, Integer> ids;

  /** Of the words of a world; ids of one world mean other words in another. */
  public ShapesVocabulary(World world) {
    this.merges = BytePairs.learn(world.words());
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

  /**
   * A caption of this world as CLIP's tokenizer encodes it: start, one token a word, end, and end
   * again up to {@link #MAX_LENGTH}.
   *
   * @throws IllegalArgumentException for a word that is not of this world
   */
  public long[] encode(String caption) {
    long[] encoded = new long[MAX_LENGTH];
    java.util.Arrays.fill(encoded, endId());
    int length = 0;
    encoded[length++] = startId();
    for (String word : caption.replace(",", " ,").strip().split(" +")) {
      if (word.isEmpty()) {
        continue;
      }
      Integer id = ids.get(word + BytePairs.END_OF_WORD);
      if (id == null) {
        throw new IllegalArgumentException("not a word of the shapes world: " + word);
      }
      encoded[length++] = id;
    }
    return encoded;
  }

  /** Token ids by token, in the order of the ids. */
  Map<String, Integer> ids() {
    return ids;
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
    config.put("model_max_length", MAX_LENGTH);
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
