package dev.sluice.networks.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * CLIP's byte-pair encoding (Radford et al. 2021, section 2.4; Sennrich et al. 2016) of lower-cased
 * text, between a start and an end token.
 *
 * <p>Read from {@code vocab.json} and {@code merges.txt}, as transformers' {@code CLIPTokenizer}
 * reads it even where a {@code tokenizer.json} lies beside; from {@code tokenizer.json} where that
 * is all there is, with the normalisation that it holds.
 */
public final class ClipTokenizer implements Tokenizer {

  private static final String START = "<|startoftext|>";
  private static final String END = "<|endoftext|>";
  private static final int USUAL_LENGTH = 77;

  /** The reference reads no more; published files hold more. */
  private static final int MOST_MERGES = 49152 - 256 - 2;

  private static final String WORDS =
      "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|\\p{L}+|\\p{N}|[^\\s\\p{L}\\p{N}]+";

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final HuggingFaceTokenizer segmenter;
  private final UnaryOperator<String> cleaning;
  private final long start;
  private final long end;
  private final long pad;
  private final int maxLength;

  private ClipTokenizer(
      Path folder, ObjectNode definition, TokenizerConfig config, UnaryOperator<String> cleaning) {
    Map<String, Integer> ids = specialIds(definition);
    this.start = id(folder, ids, config.token("bos_token", START));
    this.end = id(folder, ids, config.token("eos_token", END));
    this.pad = id(folder, ids, config.token("pad_token", END));
    this.maxLength = config.maxLength(USUAL_LENGTH);
    this.cleaning = cleaning;
    this.segmenter = segmenter(folder, definition);
  }

  /**
   * Opens the tokenizer in {@code folder}.
   *
   * @throws IllegalArgumentException when its files are missing or malformed
   */
  public static ClipTokenizer open(Path folder) {
    TokenizerConfig config = TokenizerConfig.read(folder);
    Path vocabulary = folder.resolve("vocab.json");
    Path merges = folder.resolve("merges.txt");
    if (Files.isRegularFile(vocabulary) && Files.isRegularFile(merges)) {
      ObjectNode definition = define(TokenizerConfig.readObject(vocabulary), merges, config);
      return new ClipTokenizer(folder, definition, config, ClipText::clean);
    }
    Path whole = folder.resolve("tokenizer.json");
    if (Files.isRegularFile(whole)) {
      return new ClipTokenizer(
          folder, TokenizerConfig.readObject(whole), config, UnaryOperator.identity());
    }
    throw new IllegalArgumentException(
        folder
            + ": a CLIP tokenizer is vocab.json and merges.txt, or tokenizer.json; found neither");
  }

  /** What {@code tokenizer.json} would say, for text that is cleaned before. */
  private static ObjectNode define(ObjectNode vocabulary, Path merges, TokenizerConfig config) {
    String unknown = config.token("unk_token", END);
    ObjectNode root = NODES.objectNode();
    root.put("version", "1.0");
    ArrayNode added = root.putArray("added_tokens");
    for (AddedToken token : addedTokens(vocabulary, config)) {
      added
          .addObject()
          .put("id", token.id())
          .put("content", token.content())
          .put("single_word", token.singleWord())
          .put("lstrip", token.leftStrip())
          .put("rstrip", token.rightStrip())
          .put("normalized", false)
          .put("special", true);
    }
    ArrayNode steps =
        root.putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers");
    ObjectNode words = steps.addObject().put("type", "Split");
    words.put("behavior", "Removed").put("invert", true).putObject("pattern").put("Regex", WORDS);
    steps
        .addObject()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", false);
    ObjectNode model = root.putObject("model").put("type", "BPE");
    model.put("unk_token", unknown).put("end_of_word_suffix", "</w>");
    model.set("vocab", vocabulary);
    ArrayNode pairs = model.putArray("merges");
    lines(merges).forEach(pairs::add);
    return root;
  }

  private static List<AddedToken> addedTokens(ObjectNode vocabulary, TokenizerConfig config) {
    if (config.listsAddedTokens()) {
      return config.addedTokens();
    }
    return List.of(
            config.token("bos_token", START),
            config.token("eos_token", END),
            config.token("unk_token", END),
            config.token("pad_token", END))
        .stream()
        .distinct()
        .filter(vocabulary::has)
        .map(token -> AddedToken.of(token, vocabulary.get(token).asInt()))
        .toList();
  }

  /** The merges, after the line that gives the format's version. */
  private static List<String> lines(Path merges) {
    try {
      String text = Files.readString(merges).strip();
      return text.lines().skip(1).limit(MOST_MERGES).filter(line -> !line.isBlank()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(merges + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** The ids of the whole vocabulary, added tokens last. */
  private static Map<String, Integer> specialIds(ObjectNode definition) {
    Map<String, Integer> ids = new LinkedHashMap<>();
    definition
        .path("model")
        .path("vocab")
        .properties()
        .forEach(e -> ids.put(e.getKey(), e.getValue().asInt()));
    for (JsonNode token : definition.path("added_tokens")) {
      ids.put(token.path("content").asText(), token.path("id").asInt());
    }
    return ids;
  }

  private static long id(Path folder, Map<String, Integer> ids, String token) {
    Integer id = ids.get(token);
    if (id == null) {
      throw new IllegalArgumentException(
          "%s: the special token %s is not in the vocabulary".formatted(folder, token));
    }
    return id;
  }

  private static HuggingFaceTokenizer segmenter(Path folder, ObjectNode definition) {
    NativeLibraries.useBundled();
    byte[] json = definition.toString().getBytes(StandardCharsets.UTF_8);
    try {
      return HuggingFaceTokenizer.newInstance(
          new ByteArrayInputStream(json),
          Map.of("truncation", "false", "padding", "false", "addSpecialTokens", "false"));
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException(
          folder + ": not a byte-pair tokenizer: " + e.getMessage(), e);
    }
  }

  @Override
  public long[] encode(String text) {
    return framed(segment(text), Integer.MAX_VALUE);
  }

  @Override
  public TokenIds encode(String text, int maxLength) {
    if (maxLength < 2) {
      throw new IllegalArgumentException(
          "a text of at most " + maxLength + " tokens has no room for its start and end");
    }
    return TokenIds.padded(framed(segment(text), maxLength), maxLength, pad);
  }

  private long[] segment(String text) {
    return segmenter.encode(cleaning.apply(text), false, false).getIds();
  }

  private long[] framed(long[] words, int maxLength) {
    int kept = Math.min(words.length, maxLength - 2);
    long[] ids = new long[kept + 2];
    System.arraycopy(words, 0, ids, 1, kept);
    ids[0] = start;
    ids[kept + 1] = end;
    return ids;
  }

  @Override
  public int maxLength() {
    return maxLength;
  }

  @Override
  public void close() {
    segmenter.close();
  }
}
