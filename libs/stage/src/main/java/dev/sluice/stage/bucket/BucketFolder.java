package dev.sluice.stage.bucket;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Pattern;

/**
 * A folder of a bucket.
 *
 * @param bucket its name
 * @param prefix of the keys below; empty, or ends with a slash
 */
public record BucketFolder(String bucket, String prefix) {

  private static final String SCHEME = "s3";

  private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
  private static final Pattern PREFIX = Pattern.compile("(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*/?");

  /**
   * The folder that a URI names.
   *
   * @param location such as {@code s3://bucket/blobs}
   * @throws IllegalArgumentException if it names none
   */
  public static BucketFolder of(String location) {
    try {
      return of(new URI(location));
    } catch (URISyntaxException e) {
      throw none(location);
    }
  }

  /** As {@link #of(String)}. */
  public static BucketFolder of(URI uri) {
    String bucket = uri.getAuthority();
    String path = uri.getPath() == null ? "" : uri.getPath();
    if (!SCHEME.equalsIgnoreCase(uri.getScheme())
        || bucket == null
        || !BUCKET.matcher(bucket).matches()
        || !PREFIX.matcher(path).matches()
        || uri.getQuery() != null
        || uri.getFragment() != null) {
      throw none(uri.toString());
    }
    String prefix = path.replaceAll("^/|/$", "");
    return new BucketFolder(bucket, prefix.isEmpty() ? "" : prefix + "/");
  }

  private static IllegalArgumentException none(String location) {
    return new IllegalArgumentException(
        "%s names no bucket, or none with a folder in it; write it as s3://bucket/folder"
            .formatted(location));
  }
}
