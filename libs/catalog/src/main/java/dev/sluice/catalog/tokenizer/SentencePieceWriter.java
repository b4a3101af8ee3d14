package dev.sluice.catalog.tokenizer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes a unigram model of SentencePiece (Kudo 2018) in T5's form: padding, end and unknown at the
 * first ids, then pieces, those that come earlier the likelier. The file is a protocol buffer,
 * {@code sentencepiece_model.proto}'s {@code ModelProto}.
 */
public final class SentencePieceWriter {

  /** What stands for the space before a word. */
  public static final String WORD_BEGIN = "\u2581";

  // Kinds of pieces.
  private static final int NORMAL = 1;
  private static final int UNKNOWN = 2;
  private static final int CONTROL = 3;
  private static final int UNUSED = 5;

  /** Of a piece against the one before it. */
  private static final float UNLIKELIER = 1e-3f;

  private final ByteArrayOutputStream model = new ByteArrayOutputStream();
  private int count;

  /** A model of {@code <pad>}, {@code </s>} and {@code <unk>}, so far. */
  public SentencePieceWriter() {
    addPiece("<pad>", CONTROL);
    addPiece("</s>", CONTROL);
    addPiece("<unk>", UNKNOWN);
  }

  /** How many pieces there are; the next one's id. */
  public int count() {
    return count;
  }

  /** Adds a piece of texts. */
  public SentencePieceWriter add(String piece) {
    addPiece(piece, NORMAL);
    return this;
  }

  /** Adds a piece that no text has. */
  public SentencePieceWriter addUnused(String piece) {
    addPiece(piece, UNUSED);
    return this;
  }

  /** Writes {@code spiece.model}. */
  public void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.writeBytes(model.toByteArray());
    addMessage(whole, 2, trainer());
    addMessage(whole, 3, normalizer());
    Files.write(folder.resolve("spiece.model"), whole.toByteArray());
  }

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
            .putFloat(-count * UNLIKELIER)
            .array());
    addNumber(piece, 3, kind);
    addMessage(model, 1, piece);
    count++;
  }

  private ByteArrayOutputStream trainer() {
    ByteArrayOutputStream trainer = new ByteArrayOutputStream();
    int unigram = 1;
    addNumber(trainer, 3, unigram);
    addNumber(trainer, 4, count);
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

  private static void addMessage(
      ByteArrayOutputStream to, int field, ByteArrayOutputStream message) {
    addVarint(to, (long) field << 3 | 2);
    addVarint(to, message.size());
    to.writeBytes(message.toByteArray());
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
