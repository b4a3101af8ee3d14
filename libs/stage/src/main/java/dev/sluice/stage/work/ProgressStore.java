package dev.sluice.stage.work;

import com.google.protobuf.ByteString;
import dev.sluice.contract.ImageId;
import dev.sluice.contract.v1.Stage;
import dev.sluice.stage.blob.BlobStore;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What attempts at tasks have reached, kept in the blob store for the next attempt. Written by a
 * thread of its own: those who make the steps do not wait for a disk. What cannot be written is no
 * more than lost time, should this process die.
 */
public final class ProgressStore implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ProgressStore.class);
  private static final String NAME = "checkpoint";
  private static final long PATIENCE_SECONDS = 10;

  private final BlobStore blobs;
  private final int every;
  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "checkpoint-writer");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * @param every a checkpoint every so many steps; 0 for none but the last of an attempt that is
   *     ended in good order
   */
  public ProgressStore(BlobStore blobs, int every) {
    this.blobs = blobs;
    this.every = every;
  }

  /**
   * The checkpoint of a task.
   *
   * @param stagesBefore how many stages the picture had passed before this one
   * @param record the task as it was delivered: of another task with the same id nothing is taken
   */
  public Checkpoint of(ImageId image, int stagesBefore, Stage stage, byte[] record) {
    String key = Payloads.folder(image, stagesBefore, stage) + NAME;
    return new Checkpoint(key, digest(record));
  }

  private static byte[] digest(byte[] record) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(record);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  @Override
  public void close() {
    writer.shutdown();
  }

  /** One task's. */
  public final class Checkpoint {

    private final String key;
    private final byte[] digest;
    private final AtomicReference<byte[]> unwritten = new AtomicReference<>();
    private Future<?> written;
    private int steps;

    private Checkpoint(String key, byte[] digest) {
      this.key = key;
      this.digest = digest;
    }

    /** What an earlier attempt at the same task has reached. */
    public Optional<byte[]> read() {
      try {
        byte[] blob = blobs.get(key);
        return blob.length > digest.length
                && Arrays.equals(blob, 0, digest.length, digest, 0, digest.length)
            ? Optional.of(Arrays.copyOfRange(blob, digest.length, blob.length))
            : Optional.empty();
      } catch (NoSuchFileException e) {
        return Optional.empty();
      } catch (IOException e) {
        LOG.warn("The checkpoint {} cannot be read; its task begins anew: {}", key, e.toString());
        return Optional.empty();
      }
    }

    /** A step was made; keeps what it has reached if it is time, or the attempt's last chance. */
    public synchronized void keep(Supplier<byte[]> reached, boolean last) {
      if (!last) {
        steps++;
      }
      if (last || every > 0 && steps % every == 0) {
        unwritten.set(reached.get());
        written = writer.submit(this::write);
      }
    }

    /** Of several that wait to be written, the newest is. */
    private void write() {
      byte[] newest = unwritten.getAndSet(null);
      if (newest == null) {
        return;
      }
      try {
        blobs.put(
            key,
            ByteString.copyFrom(digest).concat(ByteString.copyFrom(newest)).asReadOnlyByteBuffer());
      } catch (IOException | RuntimeException e) {
        LOG.warn("The checkpoint {} cannot be written: {}", key, e.toString());
      }
    }

    /** Returns when what was kept is there for the next attempt, wherever that is. */
    public synchronized void settle() {
      if (written == null) {
        return;
      }
      try {
        written.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      } catch (ExecutionException | TimeoutException e) {
        LOG.warn("The checkpoint {} may not have been written: {}", key, e.toString());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    /** There is nothing to go on from any more: the task has ended, or shall begin anew. */
    public void forget() {
      writer.execute(
          () -> {
            try {
              blobs.delete(key);
            } catch (IOException e) {
              LOG.warn("The checkpoint {} cannot be deleted: {}", key, e.toString());
            }
          });
    }
  }
}
