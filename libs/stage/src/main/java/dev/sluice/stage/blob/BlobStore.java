package dev.sluice.stage.blob;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;

/** Where payloads lie that are too large for a message. Writing a key again replaces the blob. */
public interface BlobStore {

  /**
   * Stores a blob; it is there for every process when this returns.
   *
   * @param key up to 8 slash-separated segments of {@code [A-Za-z0-9._-]} that do not begin with a
   *     dot
   * @throws IllegalArgumentException when {@code key} is something else
   */
  void put(String key, ByteBuffer content) throws IOException;

  /**
   * Reads a blob.
   *
   * @throws java.nio.file.NoSuchFileException when there is none
   * @throws IllegalArgumentException when {@code key} is not a key
   */
  byte[] get(String key) throws IOException;

  /**
   * Writes a blob if what is there is what the caller believes: of several who try at the same
   * time, in whatever processes, one succeeds.
   *
   * @param expected what must be there; empty if nothing
   * @return whether it was, and {@code next} is there now
   * @throws IllegalArgumentException when {@code key} is not a key
   */
  boolean swap(String key, Optional<byte[]> expected, ByteBuffer next) throws IOException;

  /**
   * Deletes a blob; nothing happens if there is none.
   *
   * @throws IllegalArgumentException when {@code key} is not a key
   */
  void delete(String key) throws IOException;

  /**
   * Deletes the blobs that were written longer ago than {@code age}. A store that forgets by itself
   * does nothing.
   *
   * @return how many were deleted
   */
  int expire(Duration age) throws IOException;
}
