package dev.sluice.networks.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.catalog.file.ModelFile;
import dev.sluice.catalog.tokenizer.TokenMatching;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Hugging Face tokenizers, from a {@code tokenizer.json} or from CLIP's older pair of files. */
final class HuggingFace {

  /** The reference reads no more; published files hold more. */
  private static final int MOST_MERGES = 49152 - 256 - 2;

  private static final String WORDS =
      "<\\|startoftext\\|>|<\\|endoftext\\|>"
          + "|'s|'t|'re|'ve|'m|'ll|'d|\\p{L}+|\\p{N}|[^\\s\\p{L}\\p{N}]+";

  private HuggingFace() {}

  /** What a CLIP tokenizer's {@code tokenizer.json} would say, for text that is cleaned before. */
  static ObjectNode clip(
      ObjectNode vocabulary, Path merges, Map<String, Long> special, String unknown) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("version", "1.0");
    ArrayNode added = root.putArray("added_tokens");
    special.forEach((content, id) -> put(added, content, id, TokenMatching.EXACT, true));
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

  /** Puts added tokens into a definition that does not have them yet. */
  static void add(
      ObjectNode definition, Map<String, Long> tokens, Map<String, TokenMatching> matching) {
    ArrayNode added =
        definition.path("added_tokens") instanceof ArrayNode given
            ? given
            : definition.putArray("added_tokens");
    Set<String> there = new HashSet<>();
    added.forEach(token -> there.add(token.path("content").asText()));
    tokens.forEach(
        (content, id) -> {
          if (!there.contains(content)) {
            TokenMatching how = matching.getOrDefault(content, TokenMatching.EXACT);
            put(added, content, id, how, false);
          }
        });
  }

  private static void put(
      ArrayNode added, String content, long id, TokenMatching how, boolean special) {
    added
        .addObject()
        .put("id", id)
        .put("content", content)
        .put("single_word", how.singleWord())
        .put("lstrip", how.lstrip())
        .put("rstrip", how.rstrip())
        .put("normalized", false)
        .put("special", special);
  }

  /** The merges, after the line that gives the format's version. */
  private static List<String> lines(Path merges) {
    try {
      String text = ModelFile.text(merges).strip();
      return text.lines().skip(1).limit(MOST_MERGES).filter(line -> !line.isBlank()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(merges + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * The tokenizer that a definition describes; what it would add to a text, pad or cut is left off.
   *
   * @param origin where the definition came from, for error messages
   */
  static HuggingFaceTokenizer open(Path origin, ObjectNode definition) {
    NativeLibraries.useBundled();
    byte[] json = definition.toString().getBytes(StandardCharsets.UTF_8);
    try {
      return HuggingFaceTokenizer.newInstance(
          new ByteArrayInputStream(json), Map.of("truncation", "false", "padding", "false"));
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException(
          origin + ": not a tokenizer that can be used: " + e.getMessage(), e);
    }
  }

  /** The ids of a text's own tokens. */
  static long[] segment(HuggingFaceTokenizer tokenizer, String text) {
    return text.isEmpty() ? new long[0] : tokenizer.encode(text, false, false).getIds();
  }
}
