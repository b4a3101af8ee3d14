package dev.sluice.bench.published;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.bench.published.Component.T5Tokenizer;
import dev.sluice.catalog.tokenizer.SentencePieceWriter;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A SentencePiece model of T5's size: one piece for each printable character, alone and at a word's
 * beginning, and pieces that no text has.
 */
final class T5Pieces {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** T5's, without the 100 sentinels that its tokenizer adds. */
  private static final int PIECES = 32000;

  private T5Pieces() {}

  static void write(Path folder, T5Tokenizer tokenizer) throws IOException {
    SentencePieceWriter pieces = new SentencePieceWriter().add(SentencePieceWriter.WORD_BEGIN);
    for (char symbol = '!'; symbol <= '~'; symbol++) {
      pieces.add(SentencePieceWriter.WORD_BEGIN + symbol).add(Character.toString(symbol));
    }
    while (pieces.count() < PIECES) {
      pieces.addUnused("<unused_" + pieces.count() + ">");
    }
    pieces.write(folder);
    JSON.writeValue(
        folder.resolve("tokenizer_config.json").toFile(),
        Keys.of(
            "eos_token",
            "</s>",
            "extra_ids",
            100,
            "model_max_length",
            tokenizer.maxLength(),
            "pad_token",
            "<pad>",
            "tokenizer_class",
            tokenizer.className(),
            "unk_token",
            "<unk>"));
  }
}
