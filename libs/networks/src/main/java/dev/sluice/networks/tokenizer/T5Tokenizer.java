package dev.sluice.networks.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.sentencepiece.SpTokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * T5's unigram segmentation (Raffel et al. 2020, section 2.2.1; Kudo 2018), followed by an end
 * token.
 *
 * <p>Read from {@code spiece.model}, as transformers' {@code T5Tokenizer} does; from {@code
 * tokenizer.json} where that is all there is.
 */
public final class T5Tokenizer implements Tokenizer {

  private static final int USUAL_LENGTH = 512;
  private static final int USUAL_EXTRA_IDS = 100;

  private final Function<String, long[]> segmenter;
  private final Runnable closing;
  private final long end;
  private final long pad;
  private final int maxLength;

  private T5Tokenizer(
      Function<String, long[]> segmenter, Runnable closing, long end, long pad, int maxLength) {
    this.segmenter = segmenter;
    this.closing = closing;
    this.end = end;
    this.pad = pad;
    this.maxLength = maxLength;
  }

  /**
   * Opens the tokenizer in {@code folder}.
   *
   * @throws IllegalArgumentException when its files are missing or malformed
   */
  public static T5Tokenizer open(Path folder) {
    NativeLibraries.useBundled();
    TokenizerConfig config = TokenizerConfig.read(folder);
    Path pieces = folder.resolve("spiece.model");
    if (Files.isRegularFile(pieces)) {
      return ofPieces(pieces, config);
    }
    Path whole = folder.resolve("tokenizer.json");
    if (Files.isRegularFile(whole)) {
      return ofDefinition(whole, config);
    }
    throw new IllegalArgumentException(
        folder + ": a T5 tokenizer is spiece.model or tokenizer.json; found neither");
  }

  private static T5Tokenizer ofPieces(Path file, TokenizerConfig config) {
    SpTokenizer pieces = load(file);
    String endToken = config.token("eos_token", "</s>");
    String padToken = config.token("pad_token", "<pad>");
    Map<String, Long> added = new HashMap<>();
    for (String token : List.of(endToken, padToken, config.token("unk_token", "<unk>"))) {
      added.put(token, (long) pieces.getProcessor().getId(token));
    }
    if (config.listsAddedTokens()) {
      config.addedTokens().forEach(token -> added.put(token.content(), (long) token.id()));
    } else {
      added.putAll(extraIds(file, config.integer("extra_ids", USUAL_EXTRA_IDS)));
    }
    // Added tokens are no pieces: SentencePiece would cut them up.
    Pattern tokens = anyOf(added);
    return new T5Tokenizer(
        text -> segment(text, pieces, tokens, added),
        pieces::close,
        added.get(endToken),
        added.get(padToken),
        config.maxLength(USUAL_LENGTH));
  }

  private static SpTokenizer load(Path file) {
    try {
      return new SpTokenizer(file);
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          file + ": not a SentencePiece model: " + e.getMessage(), e);
    }
  }

  /** T5's sentinels, {@code <extra_id_0>} last, after all pieces. */
  private static Map<String, Long> extraIds(Path pieces, int count) {
    Map<String, Long> ids = new HashMap<>();
    int vocabulary = SentencePieces.count(pieces);
    for (int i = 0; i < count; i++) {
      ids.put("<extra_id_" + i + ">", (long) vocabulary + count - 1 - i);
    }
    return ids;
  }

  private static Pattern anyOf(Map<String, Long> tokens) {
    return Pattern.compile(
        tokens.keySet().stream()
            .sorted(Comparator.comparingInt(String::length).reversed())
            .map(Pattern::quote)
            .collect(Collectors.joining("|")));
  }

  private static long[] segment(
      String text, SpTokenizer pieces, Pattern tokens, Map<String, Long> added) {
    List<long[]> parts = new ArrayList<>();
    Matcher matcher = tokens.matcher(text);
    int from = 0;
    while (matcher.find()) {
      parts.add(pieces(pieces, text.substring(from, matcher.start())));
      parts.add(new long[] {added.get(matcher.group())});
      from = matcher.end();
    }
    parts.add(pieces(pieces, text.substring(from)));
    return parts.stream().flatMapToLong(LongStream::of).toArray();
  }

  private static long[] pieces(SpTokenizer pieces, String text) {
    return text.isEmpty()
        ? new long[0]
        : Arrays.stream(pieces.getProcessor().encode(text)).asLongStream().toArray();
  }

  private static T5Tokenizer ofDefinition(Path file, TokenizerConfig config) {
    try {
      HuggingFaceTokenizer tokenizer =
          HuggingFaceTokenizer.newInstance(
              file, Map.of("truncation", "false", "padding", "false", "addSpecialTokens", "false"));
      return new T5Tokenizer(
          text -> tokenizer.encode(text, false, false).getIds(),
          tokenizer::close,
          onlyId(file, tokenizer, config.token("eos_token", "</s>")),
          onlyId(file, tokenizer, config.token("pad_token", "<pad>")),
          config.maxLength(USUAL_LENGTH));
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static long onlyId(Path file, HuggingFaceTokenizer tokenizer, String token) {
    long[] ids = tokenizer.encode(token, false, false).getIds();
    if (ids.length != 1) {
      throw new IllegalArgumentException(
          "%s: the special token %s is not in the vocabulary".formatted(file, token));
    }
    return ids[0];
  }

  @Override
  public long[] encode(String text) {
    return ended(segmenter.apply(text), Integer.MAX_VALUE);
  }

  @Override
  public TokenIds encode(String text, int maxLength) {
    if (maxLength < 1) {
      throw new IllegalArgumentException(
          "a text of at most " + maxLength + " tokens has no room for its end");
    }
    return TokenIds.padded(ended(segmenter.apply(text), maxLength), maxLength, pad);
  }

  /** As in the reference, a text that brings its own end token gets no second. */
  private long[] ended(long[] pieces, int maxLength) {
    int kept = Math.min(pieces.length, maxLength - 1);
    if (kept > 0 && pieces[kept - 1] == end) {
      return Arrays.copyOf(pieces, kept);
    }
    long[] ids = Arrays.copyOf(pieces, kept + 1);
    ids[kept] = end;
    return ids;
  }

  @Override
  public int maxLength() {
    return maxLength;
  }

  @Override
  public void close() {
    closing.run();
  }
}
