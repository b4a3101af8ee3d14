package dev.sluice.catalog.tokenizer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The one thing about a SentencePiece model that its binding does not tell: how many pieces it has.
 * The file is a protocol buffer whose field 1 is repeated, once a piece.
 */
public final class SentencePieces {

  private static final int PIECE_FIELD = 1;

  private SentencePieces() {}

  /**
   * @throws IllegalArgumentException when {@code model} is no protocol buffer
   */
  public static int count(Path model) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(model)).order(ByteOrder.LITTLE_ENDIAN);
      int pieces = 0;
      while (bytes.hasRemaining()) {
        long tag = varint(bytes);
        pieces += tag >>> 3 == PIECE_FIELD ? 1 : 0;
        skip(bytes, (int) (tag & 7));
      }
      return pieces;
    } catch (IOException e) {
      throw new UncheckedIOException(model + ": cannot be read: " + e.getMessage(), e);
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw new IllegalArgumentException(model + ": not a SentencePiece model", e);
    }
  }

  private static void skip(ByteBuffer bytes, int wireType) {
    switch (wireType) {
      case 0 -> varint(bytes);
      case 1 -> bytes.getLong();
      case 2 -> {
        long length = varint(bytes);
        if (length < 0 || length > bytes.remaining()) {
          throw new IllegalArgumentException("a field of " + length + " bytes");
        }
        bytes.position(bytes.position() + (int) length);
      }
      case 5 -> bytes.getInt();
      default -> throw new IllegalArgumentException("wire type " + wireType);
    }
  }

  private static long varint(ByteBuffer bytes) {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte next = bytes.get();
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number of more than 64 bits");
  }
}
