package dev.sluice.stage.blob;

import dev.sluice.stage.bucket.BucketFolder;
import dev.sluice.stage.bucket.S3Clients;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Blobs as objects of a bucket that all processes share. The bucket is there, and forgets by
 * itself: a lifecycle rule deletes what is old.
 */
final class S3BlobStore implements BlobStore {

  private static final int CONFLICT = 409;
  private static final int PRECONDITION_FAILED = 412;

  /** Others who write the same key at the same moment let go of it soon. */
  private static final int CONFLICTS = 20;

  private static final long CONFLICT_PAUSE_MILLIS = 50;

  /** No key begins with a dot. */
  private static final String TRIAL = ".conditional-write";

  private final String bucket;
  private final String prefix;
  private final S3Client client;

  /**
   * For writes on condition. A client that tries again by itself would be refused by what it wrote
   * itself the first time, when the answer to that was lost.
   */
  private final S3Client once;

  private volatile boolean tried;

  S3BlobStore(BucketFolder folder, S3Clients clients) {
    this.bucket = folder.bucket();
    this.prefix = folder.prefix();
    this.client = clients.patient();
    this.once = clients.once();
  }

  private String object(String key) {
    return prefix + BlobKeys.checked(key);
  }

  @Override
  public void put(String key, ByteBuffer content) throws IOException {
    write(client, key, content, any -> {});
  }

  private void write(
      S3Client by, String key, ByteBuffer content, Consumer<PutObjectRequest.Builder> condition)
      throws IOException {
    writeObject(by, object(key), content, condition);
  }

  private void writeObject(
      S3Client by, String object, ByteBuffer content, Consumer<PutObjectRequest.Builder> condition)
      throws IOException {
    try {
      by.putObject(
          request -> {
            request.bucket(bucket).key(object);
            condition.accept(request);
          },
          RequestBody.fromRemainingByteBuffer(content.duplicate()));
    } catch (S3Exception e) {
      throw new Refused(e);
    } catch (SdkException e) {
      throw failure("written", e);
    }
  }

  @Override
  public byte[] get(String key) throws IOException {
    return read(key).orElseThrow(() -> new NoSuchFileException(key)).asByteArray();
  }

  private Optional<ResponseBytes<GetObjectResponse>> read(String key) throws IOException {
    String object = object(key);
    try {
      return Optional.of(client.getObjectAsBytes(request -> request.bucket(bucket).key(object)));
    } catch (NoSuchKeyException e) {
      return Optional.empty();
    } catch (SdkException e) {
      throw failure("read", e);
    }
  }

  @Override
  public boolean swap(String key, Optional<byte[]> expected, ByteBuffer next) throws IOException {
    BlobKeys.checked(key);
    requireConditions();
    for (int conflicts = 0; ; conflicts++) {
      Optional<ResponseBytes<GetObjectResponse>> found = read(key);
      boolean asExpected =
          found.isPresent() == expected.isPresent()
              && found
                  .map(bytes -> Arrays.equals(bytes.asByteArrayUnsafe(), expected.get()))
                  .orElse(true);
      if (!asExpected) {
        return false;
      }
      try {
        write(
            once,
            key,
            next,
            request ->
                found.ifPresentOrElse(
                    bytes -> request.ifMatch(bytes.response().eTag()),
                    () -> request.ifNoneMatch("*")));
        return true;
      } catch (Refused e) {
        if (e.status() == PRECONDITION_FAILED || e.isGone()) {
          return false;
        }
        if (e.status() != CONFLICT || conflicts == CONFLICTS) {
          throw e;
        }
        pause();
      }
    }
  }

  /**
   * Some servers pass over conditions without a word: all who try would win.
   *
   * @throws IOException if this one does, or cannot be asked
   */
  private void requireConditions() throws IOException {
    if (tried) {
      return;
    }
    ByteBuffer nothing = ByteBuffer.allocate(0);
    writeObject(client, prefix + TRIAL, nothing, any -> {});
    try {
      writeObject(once, prefix + TRIAL, nothing, request -> request.ifNoneMatch("*"));
    } catch (Refused e) {
      if (e.status() == PRECONDITION_FAILED) {
        tried = true;
        return;
      }
      throw e;
    }
    throw new IOException(
        "the server of the bucket %s takes no notice of conditions (If-None-Match), without which two gateways would begin the same work; use one that knows conditional writes"
            .formatted(bucket));
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(CONFLICT_PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a blob was written", e);
    }
  }

  @Override
  public void delete(String key) throws IOException {
    String object = object(key);
    try {
      client.deleteObject(request -> request.bucket(bucket).key(object));
    } catch (SdkException e) {
      throw failure("deleted", e);
    }
  }

  /** The bucket's lifecycle rule does it. */
  @Override
  public int expire(Duration age) {
    return 0;
  }

  private IOException failure(String what, SdkException e) {
    return new IOException(
        "a blob of the bucket %s could not be %s: %s".formatted(bucket, what, e.getMessage()), e);
  }

  /** The bucket answered that it does not take what is to be written. */
  private final class Refused extends IOException {

    private static final long serialVersionUID = 1;

    private final transient S3Exception answer;

    Refused(S3Exception answer) {
      super(
          "a blob of the bucket %s could not be written: %s".formatted(bucket, answer.getMessage()),
          answer);
      this.answer = answer;
    }

    int status() {
      return answer.statusCode();
    }

    boolean isGone() {
      return answer instanceof NoSuchKeyException;
    }
  }
}
