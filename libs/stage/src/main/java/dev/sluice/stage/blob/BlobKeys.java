package dev.sluice.stage.blob;

import java.util.regex.Pattern;

/** What may be a blob's key, in whatever store: keys come with messages. */
final class BlobKeys {

  private static final Pattern KEY =
      Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*){0,7}");
  private static final int MAX_LENGTH = 512;

  private BlobKeys() {}

  /**
   * Gives back a key that is one.
   *
   * @throws IllegalArgumentException when it is not
   */
  static String checked(String key) {
    if (key.length() > MAX_LENGTH || !KEY.matcher(key).matches()) {
      throw new IllegalArgumentException(
          "not a blob key: expected up to 8 segments of letters, digits, '.', '_' and '-'");
    }
    return key;
  }
}
