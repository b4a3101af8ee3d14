package dev.sluice.stage.blob;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** The kinds of blob stores that can be configured, by the scheme of their URI. */
public final class BlobStores {

  private static final Pattern URI_WITH_SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:.*");

  private BlobStores() {}

  /**
   * Opens a store.
   *
   * @param location a URI such as {@code file:///var/sluice/blobs}, or the path of a folder
   * @throws IllegalArgumentException if there is no such kind of store, or the URI names none
   */
  public static BlobStore open(String location) {
    if (location.isBlank()) {
      throw new IllegalArgumentException(
          "the blob store has no location; give a folder or a URI such as file:///var/blobs");
    }
    return URI_WITH_SCHEME.matcher(location).matches()
        ? open(uri(location))
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

  private static BlobStore open(URI location) {
    if (!location.getScheme().equalsIgnoreCase("file")) {
      throw new IllegalArgumentException(
          "there is no blob store for %s; use a folder or a URI with the scheme file"
              .formatted(location));
    }
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
