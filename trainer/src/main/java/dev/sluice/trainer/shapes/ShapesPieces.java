package dev.sluice.trainer.shapes;

import dev.sluice.catalog.tokenizer.SentencePieceWriter;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.tokenizer.T5Tokenizer;
import dev.sluice.networks.tokenizer.TokenIds;
import dev.sluice.trainer.system.ModelFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A T5 vocabulary for a shapes world: each of its words is one piece, anything else is spelled. */
public final class ShapesPieces implements AutoCloseable {

  /** Tokens of a prompt, padding included, as diffusers' {@code IFPipeline} has them. */
  public static final int LENGTH = 77;

  /** What no word is, and so what stands for a word that is hidden. */
  public static final int UNKNOWN = 2;

  /** The first token that stands for text. */
  public static final int FIRST = 3;

  private static final String COMMA = ",";

  private final T5Tokenizer tokenizer;

  /**
   * Opens what {@link #write} wrote, by the library that serving goes by.
   *
   * @param folder of the tokenizer
   */
  public ShapesPieces(Path folder) {
    tokenizer = T5Tokenizer.open(folder);
  }

  private static SentencePieceWriter pieces(World world) {
    SentencePieceWriter pieces = new SentencePieceWriter().add(COMMA);
    for (String word : world.words()) {
      if (!word.equals(COMMA)) {
        pieces.add(SentencePieceWriter.WORD_BEGIN + word);
      }
    }
    pieces.add(SentencePieceWriter.WORD_BEGIN);
    for (char letter = 'a'; letter <= 'z'; letter++) {
      pieces.add(Character.toString(letter));
    }
    return pieces;
  }

  /** Number of tokens. */
  public static int size(World world) {
    return pieces(world).count();
  }

  /** Writes {@code spiece.model} and {@code tokenizer_config.json}. */
  public static void write(World world, Path folder) throws IOException {
    pieces(world).write(folder);
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("eos_token", "</s>");
    config.put("pad_token", "<pad>");
    config.put("unk_token", "<unk>");
    config.put("extra_ids", 0);
    config.put("model_max_length", LENGTH);
    config.put("tokenizer_class", "T5Tokenizer");
    ModelFiles.write(folder.resolve("tokenizer_config.json"), config);
  }

  /**
   * What a text encoder is fed of captions.
   *
   * @param ids {@code [batch, length]}
   * @param mask 1 for tokens that are no padding, alike
   */
  public record Tokens(HostTensor.Longs ids, HostTensor.Longs mask) {}

  /** The captions' tokens; those of the empty text for the rows that {@code dropped} marks. */
  public Tokens tokens(SceneSampler.Example[] examples, boolean[] dropped) {
    String[] texts = new String[examples.length];
    for (int row = 0; row < texts.length; row++) {
      texts[row] = dropped[row] ? "" : examples[row].caption();
    }
    return tokens(texts, LENGTH);
  }

  /**
   * Tokens of any texts.
   *
   * @param length of each row; a longer text is cut
   */
  public Tokens tokens(String[] texts, int length) {
    long[] ids = new long[texts.length * length];
    long[] mask = new long[ids.length];
    for (int row = 0; row < texts.length; row++) {
      TokenIds encoded = tokenizer.encode(texts[row], length);
      System.arraycopy(encoded.inputIds().values(), 0, ids, row * length, length);
      System.arraycopy(encoded.mask().values(), 0, mask, row * length, length);
    }
    return new Tokens(
        new HostTensor.Longs(ids, texts.length, length),
        new HostTensor.Longs(mask, texts.length, length));
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
