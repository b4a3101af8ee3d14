package dev.sluice.bench.published;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.bench.published.Component.T5Tokenizer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A SentencePiece model (Kudo 2018) of T5's form and size: the special pieces at the published ids,
 * one piece for each printable character, alone and at a word's beginning, and pieces that no text
 * has. The file is a protocol buffer, {@code sentencepiece_model.proto}'s {@code ModelProto}.
 */
final class T5Pieces {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** T5's, without the 100 sentinels that its tokenizer adds. */
  private static final int PIECES = 32000;

  private static final String WORD_BEGIN = "\u2581";

  // Kinds of pieces.
  private static final int NORMAL = 1;
  private static final int UNKNOWN = 2;
  private static final int CONTROL = 3;
  private static final int UNUSED = 5;

  private final ByteArrayOutputStream model = new ByteArrayOutputStream();
  private int count;

  private T5Pieces() {}

  static void write(Path folder, T5Tokenizer tokenizer) throws IOException {
    Files.write(folder.resolve("spiece.model"), new T5Pieces().model());
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

  private byte[] model() {
    addPiece("<pad>", CONTROL);
    addPiece("</s>", CONTROL);
    addPiece("<unk>", UNKNOWN);
    addPiece(WORD_BEGIN, NORMAL);
    for (char symbol = '!'; symbol <= '~'; symbol++) {
      addPiece(WORD_BEGIN + symbol, NORMAL);
      addPiece(Character.toString(symbol), NORMAL);
    }
    while (count < PIECES) {
      addPiece("<unused_" + count + ">", UNUSED);
    }
    addMessage(2, trainer());
    addMessage(3, normalizer());
    return model.toByteArray();
  }

  /** The likelier pieces come first. */
  private void addPiece(String text, int kind) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream piece = new ByteArrayOutputStream();
    piece.write(1 << 3 | 2);
    addVarint(piece, bytes.length);
    piece.writeBytes(bytes);
    piece.write(2 << 3 | 5);
    piece.writeBytes(
        ByteBuffer.allocate(Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putFloat(-count / 1000f)
            .array());
    addNumber(piece, 3, kind);
    addMessage(1, piece);
    count++;
  }

  private static ByteArrayOutputStream trainer() {
    ByteArrayOutputStream trainer = new ByteArrayOutputStream();
    int unigram = 1;
    addNumber(trainer, 3, unigram);
    addNumber(trainer, 4, PIECES);
    addNumber(trainer, 40, 2); // unknown
    addNumber(trainer, 41, -1); // no beginning
    addNumber(trainer, 42, 1); // end
    addNumber(trainer, 43, 0); // padding
    return trainer;
  }

  private static ByteArrayOutputStream normalizer() {
    ByteArrayOutputStream normalizer = new ByteArrayOutputStream();
    addNumber(normalizer, 3, 1); // a word begins at the beginning
    addNumber(normalizer, 4, 1); // runs of spaces are one
    addNumber(normalizer, 5, 1); // spaces are written as WORD_BEGIN
    return normalizer;
  }

  private void addMessage(int field, ByteArrayOutputStream message) {
    addVarint(model, (long) field << 3 | 2);
    addVarint(model, message.size());
    model.writeBytes(message.toByteArray());
  }

  private static void addNumber(ByteArrayOutputStream to, int field, long value) {
    addVarint(to, (long) field << 3);
    addVarint(to, value);
  }

  private static void addVarint(ByteArrayOutputStream to, long value) {
    for (long rest = value; ; rest >>>= 7) {
      if ((rest & ~0x7fL) == 0) {
        to.write((int) rest);
        return;
      }
      to.write((int) (rest & 0x7f | 0x80));
    }
  }
}
