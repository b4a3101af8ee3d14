package dev.sluice.stage.models;

/** Models that cannot be brought: the message says which and why. */
final class FetchException extends RuntimeException {

  private static final long serialVersionUID = 1;

  FetchException(String message) {
    super(message);
  }

  FetchException(String message, Throwable cause) {
    super(message, cause);
  }
}
