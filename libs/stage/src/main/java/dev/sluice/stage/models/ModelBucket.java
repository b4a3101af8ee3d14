package dev.sluice.stage.models;

import dev.sluice.stage.bucket.BucketFolder;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/**
 * Models in a bucket: a folder each, with the {@link FileSums} of its files. A file that is there
 * already and whole is not brought again.
 */
final class ModelBucket {

  private static final int PIECE = 1 << 20;
  private static final int ATTEMPTS = 5;

  private final S3Client client;
  private final BucketFolder folder;

  ModelBucket(S3Client client, BucketFolder folder) {
    this.client = client;
    this.folder = folder;
  }

  /** The names of all models there, sorted; LoRAs beside them are a folder like theirs. */
  List<String> names() {
    try {
      return client
          .listObjectsV2Paginator(
              request -> request.bucket(folder.bucket()).prefix(folder.prefix()))
          .contents()
          .stream()
          .map(object -> object.key().substring(folder.prefix().length()))
          .filter(key -> key.contains("/"))
          .map(key -> key.substring(0, key.indexOf('/')))
          .distinct()
          .sorted()
          .toList();
    } catch (SdkException e) {
      throw failure("its models cannot be listed", e);
    }
  }

  /**
   * Brings a model's files.
   *
   * @param to the folder of models
   * @param told of what was done
   * @throws FetchException if one is not there, or is not what its sum says
   */
  void fetch(String model, Path to, Consumer<String> told) {
    if (model.contains("/") || !FileSums.leadsDown(model)) {
      throw new FetchException("\"%s\" is no model's name".formatted(model));
    }
    FileSums sums = sums(model);
    long bytes = 0;
    int brought = 0;
    for (Map.Entry<String, String> file : sums.byPath().entrySet()) {
      Path target = to.resolve(model).resolve(file.getKey());
      try {
        if (!Files.isRegularFile(target) || !sum(target).equals(file.getValue())) {
          bytes += fetch(model + "/" + file.getKey(), file.getValue(), target);
          brought++;
        }
      } catch (IOException e) {
        throw new FetchException("%s cannot be written: %s".formatted(target, e), e);
      }
    }
    told.accept(
        "%s: %d of %d files brought, %,d MB; all are what their sums say"
            .formatted(model, brought, sums.byPath().size(), bytes >> 20));
  }

  private FileSums sums(String model) {
    String key = model + "/" + FileSums.FILE;
    try {
      return FileSums.parse(
          model,
          client
              .getObjectAsBytes(
                  request -> request.bucket(folder.bucket()).key(folder.prefix() + key))
              .asString(StandardCharsets.UTF_8));
    } catch (NoSuchKeyException e) {
      throw new FetchException(
          ("there is no %s in the bucket %s: models are brought with the SHA-256 of their files"
                  + " (docs/operations.md#models-from-a-bucket)")
              .formatted(folder.prefix() + key, folder.bucket()),
          e);
    } catch (SdkException e) {
      throw failure(key + " cannot be read", e);
    }
  }

  /** What a server breaks off is asked for again. */
  private long fetch(String key, String sum, Path target) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        return fetchOnce(key, sum, target);
      } catch (BrokenOff e) {
        if (attempt == ATTEMPTS) {
          throw new FetchException(
              "%s was broken off %d times: %s".formatted(key, ATTEMPTS, e.getMessage()), e);
        }
      }
    }
  }

  /** The server did not send all of an object. */
  private static final class BrokenOff extends Exception {

    private static final long serialVersionUID = 1;

    BrokenOff(IOException cause) {
      super(cause.getMessage(), cause);
    }
  }

  /** Under another name until it is known to be whole. */
  private long fetchOnce(String key, String sum, Path target) throws IOException, BrokenOff {
    Files.createDirectories(target.getParent());
    Path part = target.resolveSibling("." + target.getFileName() + ".part");
    try {
      MessageDigest digest = sha256();
      long bytes = copy(key, part, digest);
      String found = HexFormat.of().formatHex(digest.digest());
      if (!found.equals(sum)) {
        throw new FetchException(
            "%s is not what its model's %s says: its SHA-256 is %s, expected %s. Upload it again."
                .formatted(key, FileSums.FILE, found, sum));
      }
      Files.move(part, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      return bytes;
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private long copy(String key, Path part, MessageDigest digest) throws IOException, BrokenOff {
    byte[] piece = new byte[PIECE];
    long bytes = 0;
    try (OutputStream file = Files.newOutputStream(part);
        ResponseInputStream<GetObjectResponse> object =
            client.getObject(
                request -> request.bucket(folder.bucket()).key(folder.prefix() + key))) {
      for (int read = read(object, piece); read >= 0; read = read(object, piece)) {
        digest.update(piece, 0, read);
        file.write(piece, 0, read);
        bytes += read;
      }
      Long announced = object.response().contentLength();
      if (announced != null && bytes < announced) {
        // The JDK's client takes a connection that is closed for the end.
        throw new BrokenOff(new EOFException("%,d of %,d bytes came".formatted(bytes, announced)));
      }
    } catch (NoSuchKeyException e) {
      throw new FetchException(
          "there is no %s in the bucket %s, which %s names"
              .formatted(folder.prefix() + key, folder.bucket(), FileSums.FILE),
          e);
    } catch (SdkException e) {
      throw failure(key + " cannot be read", e);
    }
    return bytes;
  }

  /** The disk is not at fault for what the network does. */
  private static int read(ResponseInputStream<?> object, byte[] piece) throws BrokenOff {
    try {
      return object.read(piece);
    } catch (IOException e) {
      object.abort();
      throw new BrokenOff(e);
    }
  }

  private static String sum(Path file) throws IOException {
    MessageDigest digest = sha256();
    byte[] piece = new byte[PIECE];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
        digest.update(piece, 0, read);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java knows SHA-256", e);
    }
  }

  private FetchException failure(String what, SdkException e) {
    return new FetchException(
        "the bucket %s: %s: %s".formatted(folder.bucket(), what, e.getMessage()), e);
  }
}
