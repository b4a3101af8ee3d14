package dev.sluice.catalog.file;

/** A model's JSON file cannot be read, or says what cannot be. The message begins with the file. */
public final class InvalidConfigException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  public InvalidConfigException(String message) {
    super(message);
  }

  public InvalidConfigException(String message, Throwable cause) {
    super(message, cause);
  }
}
