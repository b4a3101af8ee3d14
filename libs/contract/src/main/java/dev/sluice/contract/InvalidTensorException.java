package dev.sluice.contract;

/** A tensor message contradicts itself. The message says how. */
public final class InvalidTensorException extends IllegalArgumentException {

  public InvalidTensorException(String message) {
    super(message);
  }
}
