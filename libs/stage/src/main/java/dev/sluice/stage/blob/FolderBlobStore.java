package dev.sluice.stage.blob;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Blobs as files of a folder that all processes share. */
public final class FolderBlobStore implements BlobStore {

  private static final Logger LOG = LoggerFactory.getLogger(FolderBlobStore.class);

  /** No key begins with a dot. */
  private static final String LOCKS = ".locks";

  private static final int STRIPES = 64;

  /** File locks keep out other processes, not other threads of this one. */
  private static final Object[] WITHIN_PROCESS =
      Stream.generate(Object::new).limit(STRIPES).toArray();

  private final Path folder;

  /**
   * @param folder made when the first blob is written
   */
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

  @Override
  public boolean swap(String key, Optional<byte[]> expected, ByteBuffer next) throws IOException {
    Path file = file(key);
    int stripe = Math.floorMod(key.hashCode(), STRIPES);
    Path locks = folder.resolve(LOCKS);
    Files.createDirectories(locks);
    synchronized (WITHIN_PROCESS[stripe]) {
      try (FileChannel channel =
              FileChannel.open(
                  locks.resolve(Integer.toString(stripe)),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        Optional<byte[]> found =
            Files.isRegularFile(file) ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
        boolean asExpected =
            found.isPresent() == expected.isPresent()
                && found.map(bytes -> Arrays.equals(bytes, expected.get())).orElse(true);
        if (asExpected) {
          put(key, next);
        }
        return asExpected && lock.isValid();
      }
    }
  }

  @Override
  public void delete(String key) throws IOException {
    Files.deleteIfExists(file(key));
  }

  @Override
  public int expire(Duration age) throws IOException {
    return deleteOlderThan(Instant.now().minus(age));
  }

  /** Deletes the folders that are empty then, too. */
  int deleteOlderThan(Instant time) throws IOException {
    if (!Files.isDirectory(folder)) {
      return 0;
    }
    Sweep sweep = new Sweep(FileTime.from(time));
    Files.walkFileTree(folder, sweep);
    return sweep.deleted;
  }

  /** Other processes write and sweep at the same time, so that files and folders come and go. */
  private final class Sweep extends SimpleFileVisitor<Path> {

    private final FileTime limit;
    private final Deque<FileTime> modified = new ArrayDeque<>();
    private int deleted;

    Sweep(FileTime limit) {
      this.limit = limit;
    }

    /** What is deleted in a folder changes its time. */
    @Override
    public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes attributes) {
      if (visited.endsWith(LOCKS)) {
        return FileVisitResult.SKIP_SUBTREE;
      }
      modified.push(attributes.lastModifiedTime());
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      if (attributes.lastModifiedTime().compareTo(limit) < 0 && Files.deleteIfExists(file)) {
        deleted++;
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
      if (e instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw e;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path visited, IOException e) throws IOException {
      // A folder that a writer is about to put its first blob into must not vanish under it.
      if (modified.pop().compareTo(limit) < 0 && !visited.equals(folder)) {
        try {
          Files.deleteIfExists(visited);
        } catch (DirectoryNotEmptyException stillUsed) {
          LOG.trace("{} is in use", visited, stillUsed);
        }
      }
      return FileVisitResult.CONTINUE;
    }
  }

  /** Keys come with messages; those that are some do not lead out of the folder. */
  private Path file(String key) {
    return folder.resolve(BlobKeys.checked(key));
  }
}
