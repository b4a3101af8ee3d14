package dev.sluice.stage.blob;

import dev.sluice.stage.bucket.BucketFolder;
import dev.sluice.stage.bucket.S3Clients;
import dev.sluice.stage.bucket.S3Settings;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;

/** The kinds of blob stores that can be configured, by the scheme of their URI. */
public final class BlobStores {

  private static final Pattern URI_WITH_SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:.*");

  private BlobStores() {}

  /**
   * Opens a store.
   *
   * @param location a URI such as {@code file:///var/sluice/blobs} or {@code s3://bucket/blobs}, or
   *     the path of a folder
   * @param s3 how a bucket is reached, where it is one
   * @throws IllegalArgumentException if there is no such kind of store, or the URI names none
   */
  public static BlobStore open(String location, S3Settings s3) {
    if (location.isBlank()) {
      throw new IllegalArgumentException(
          "the blob store has no location; give a folder or a URI such as file:///var/blobs");
    }
    return URI_WITH_SCHEME.matcher(location).matches()
        ? open(uri(location), s3)
        : new FolderBlobStore(Path.of(location));
  }

  private static URI uri(String location) {
    try {
      return new URI(location);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          "%s is no URI; give a folder or a URI such as file:///var/blobs".formatted(location), e);
    }
  }

  private static BlobStore open(URI location, S3Settings s3) {
    return switch (location.getScheme().toLowerCase(Locale.ROOT)) {
      case "file" -> folder(location);
      case "s3" -> new S3BlobStore(BucketFolder.of(location), new S3Clients(s3));
      default ->
          throw new IllegalArgumentException(
              "there is no blob store for %s; use a folder or a URI with the scheme file or s3"
                  .formatted(location));
    };
  }

  private static BlobStore folder(URI location) {
    if (location.getPath() == null
        || location.getPath().isEmpty()
        || location.getAuthority() != null
        || location.getQuery() != null
        || location.getFragment() != null) {
      throw new IllegalArgumentException(
          "%s names no folder of this machine; write it as file:///var/blobs".formatted(location));
    }
    return new FolderBlobStore(Path.of(location));
  }
}
