package dev.sluice.stage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.regex.Pattern;

/** Blobs as files of a folder that all processes share. */
public final class FolderBlobStore implements BlobStore {

  private static final Pattern KEY =
      Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*){0,7}");
  private static final int MAX_KEY_LENGTH = 512;

  private final Path folder;

  public FolderBlobStore(Path folder) {
    this.folder = folder;
  }

  @Override
  public void put(String key, ByteBuffer content) throws IOException {
    Path file = file(key);
    Files.createDirectories(file.getParent());
    Path unfinished = file.resolveSibling(file.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      try (FileChannel channel =
          FileChannel.open(unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        ByteBuffer rest = content.duplicate();
        while (rest.hasRemaining()) {
          channel.write(rest);
        }
      }
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  @Override
  public byte[] get(String key) throws IOException {
    Path file = file(key);
    if (!Files.isRegularFile(file)) {
      throw new NoSuchFileException(key);
    }
    return Files.readAllBytes(file);
  }

  /** Keys come with messages, so they must not lead out of the folder. */
  private Path file(String key) {
    if (key.length() > MAX_KEY_LENGTH || !KEY.matcher(key).matches()) {
      throw new IllegalArgumentException(
          "not a blob key: expected up to 8 segments of letters, digits, '.', '_' and '-'");
    }
    return folder.resolve(key);
  }
}
