package dev.sluice.networks.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

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

  private final HuggingFaceTokenizer bytePairs;
  private final Function<String, long[]> segmenter;
  private final long start;
  private final long end;
  private final long pad;
  private final int maxLength;

  private ClipTokenizer(
      Path folder,
      TokenizerConfig config,
      Map<String, Long> ids,
      HuggingFaceTokenizer bytePairs,
      Function<String, long[]> segmenter) {
    this.start = id(folder, ids, config.token("bos_token", START));
    this.end = id(folder, ids, config.token("eos_token", END));
    this.pad = id(folder, ids, config.token("pad_token", END));
    this.maxLength = config.maxLength(USUAL_LENGTH);
    this.bytePairs = bytePairs;
    this.segmenter = segmenter;
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
      return ofPairs(folder, config, TokenizerConfig.readObject(vocabulary), merges);
    }
    Path whole = folder.resolve("tokenizer.json");
    if (Files.isRegularFile(whole)) {
      return ofDefinition(folder, config, TokenizerConfig.readObject(whole));
    }
    throw new IllegalArgumentException(
        folder
            + ": a CLIP tokenizer is vocab.json and merges.txt, or tokenizer.json; found neither");
  }

  private static ClipTokenizer ofPairs(
      Path folder, TokenizerConfig config, ObjectNode vocabulary, Path merges) {
    Map<String, Long> ids = ids(vocabulary);
    Map<String, Long> added = new LinkedHashMap<>();
    String unknown = config.token("unk_token", END);
    for (String token :
        List.of(
            config.token("bos_token", START),
            config.token("eos_token", END),
            config.token("pad_token", END),
            unknown)) {
      if (ids.containsKey(token)) {
        added.put(token, ids.get(token));
      }
    }
    added.putAll(config.addedTokens());
    ids.putAll(added);
    AddedTokens tokens = new AddedTokens(added, config.matching());
    // Start and end are found in the cleaned text too: people write <|EndOfText|>.
    Map<String, Long> marks = new LinkedHashMap<>(added);
    marks.keySet().retainAll(List.of(START, END));
    HuggingFaceTokenizer bytePairs =
        HuggingFace.open(folder, HuggingFace.clip(vocabulary, merges, marks, unknown));
    return new ClipTokenizer(
        folder,
        config,
        ids,
        bytePairs,
        text -> tokens.segment(text, part -> HuggingFace.segment(bytePairs, ClipText.clean(part))));
  }

  private static ClipTokenizer ofDefinition(
      Path folder, TokenizerConfig config, ObjectNode definition) {
    Map<String, Long> ids = ids(definition.path("model").path("vocab"));
    for (JsonNode token : definition.path("added_tokens")) {
      ids.put(token.path("content").asText(), token.path("id").asLong());
    }
    HuggingFace.add(definition, config.addedTokens(), config.matching());
    ids.putAll(config.addedTokens());
    HuggingFaceTokenizer bytePairs = HuggingFace.open(folder, definition);
    return new ClipTokenizer(
        folder, config, ids, bytePairs, text -> HuggingFace.segment(bytePairs, text));
  }

  private static Map<String, Long> ids(JsonNode vocabulary) {
    Map<String, Long> ids = new LinkedHashMap<>();
    vocabulary.properties().forEach(e -> ids.put(e.getKey(), e.getValue().asLong()));
    return ids;
  }

  private static long id(Path folder, Map<String, Long> ids, String token) {
    Long id = ids.get(token);
    if (id == null) {
      throw new IllegalArgumentException(
          "%s: the special token %s is not in the vocabulary".formatted(folder, token));
    }
    return id;
  }

  @Override
  public long[] encode(String text) {
    return framed(segmenter.apply(text), Integer.MAX_VALUE);
  }

  @Override
  public TokenIds encode(String text, int maxLength) {
    if (maxLength < 2) {
      throw new IllegalArgumentException(
          "a text of at most " + maxLength + " tokens has no room for its start and end");
    }
    return TokenIds.padded(framed(segmenter.apply(text), maxLength), maxLength, pad);
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
    bytePairs.close();
  }
}
