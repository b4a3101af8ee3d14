package dev.sluice.catalog;

/** There is no model of the name that a request gave. */
public final class UnknownModelException extends IllegalArgumentException {

  public UnknownModelException(String message) {
    super(message);
  }
}
