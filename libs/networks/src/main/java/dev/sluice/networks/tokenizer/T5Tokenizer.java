package dev.sluice.networks.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.sentencepiece.SpProcessor;
import ai.djl.sentencepiece.SpTokenizer;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.catalog.tokenizer.SentencePieces;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * T5's unigram segmentation (Raffel et al. 2020, section 2.2.1; Kudo 2018), followed by an end
 * token.
 *
 * <p>Read from {@code spiece.model}, as transformers' {@code T5Tokenizer} does; from {@code
 * tokenizer.json} where that is all there is.
 */
public final class T5Tokenizer implements Tokenizer {

  private static final String END = "</s>";
  private static final String PAD = "<pad>";
  private static final int USUAL_LENGTH = 512;
  private static final int USUAL_EXTRA_IDS = 100;

  private final Function<String, long[]> segmenter;
  private final AutoCloseable library;
  private final long end;
  private final long pad;
  private final int maxLength;

  private T5Tokenizer(
      Function<String, long[]> segmenter,
      AutoCloseable library,
      long end,
      long pad,
      int maxLength) {
    this.segmenter = segmenter;
    this.library = library;
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
    int count = SentencePieces.count(file);
    SpTokenizer library = load(file);
    SpProcessor pieces = library.getProcessor();
    String end = config.token("eos_token", END);
    String pad = config.token("pad_token", PAD);
    Map<String, Long> added = new LinkedHashMap<>();
    for (String token : List.of(end, pad, config.token("unk_token", "<unk>"))) {
      added.put(token, (long) pieces.getId(token));
    }
    if (config.listsAddedTokens()) {
      added.putAll(config.addedTokens());
    } else {
      int extra = config.integer("extra_ids", USUAL_EXTRA_IDS);
      for (int i = 0; i < extra; i++) {
        // T5's sentinels come after all pieces, the first one last.
        added.put("<extra_id_" + i + ">", (long) count + extra - 1 - i);
      }
      added.putAll(config.addedTokens());
    }
    AddedTokens tokens = new AddedTokens(added, config.matching());
    return new T5Tokenizer(
        text -> tokens.segment(text, part -> segment(pieces, part)),
        library,
        added.get(end),
        added.get(pad),
        config.maxLength(USUAL_LENGTH));
  }

  private static SpTokenizer load(Path file) {
    NativeLibraries.useBundled();
    try {
      return new SpTokenizer(file);
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          file + ": not a SentencePiece model: " + e.getMessage(), e);
    }
  }

  private static long[] segment(SpProcessor pieces, String text) {
    return text.isEmpty()
        ? new long[0]
        : Arrays.stream(pieces.encode(text)).asLongStream().toArray();
  }

  private static T5Tokenizer ofDefinition(Path file, TokenizerConfig config) {
    ObjectNode definition = TokenizerConfig.readObject(file);
    HuggingFace.add(definition, config.addedTokens(), config.matching());
    HuggingFaceTokenizer library = HuggingFace.open(file, definition);
    return new T5Tokenizer(
        text -> HuggingFace.segment(library, text),
        library,
        onlyId(file, library, config.token("eos_token", END)),
        onlyId(file, library, config.token("pad_token", PAD)),
        config.maxLength(USUAL_LENGTH));
  }

  private static long onlyId(Path file, HuggingFaceTokenizer tokenizer, String token) {
    long[] ids = HuggingFace.segment(tokenizer, token);
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
    try {
      library.close();
    } catch (Exception e) {
      throw new IllegalStateException("the tokenizer cannot be closed", e);
    }
  }
}
