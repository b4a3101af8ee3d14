package dev.sluice.local;

import dev.sluice.stage.blob.BlobStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Optional;

/** Where all tensors stay in their messages. */
final class NoBlobs implements BlobStore {

  @Override
  public void put(String key, ByteBuffer content) throws IOException {
    throw new IOException("a local run keeps nothing");
  }

  @Override
  public byte[] get(String key) throws IOException {
    throw new NoSuchFileException(key);
  }

  @Override
  public boolean swap(String key, Optional<byte[]> expected, ByteBuffer next) throws IOException {
    throw new IOException("a local run keeps nothing");
  }

  @Override
  public void delete(String key) {}

  @Override
  public int expire(Duration age) {
    return 0;
  }
}
