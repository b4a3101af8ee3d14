package dev.sluice.contract;

/** A value that nobody may ask for, in words that can follow the name of where it stood. */
public final class OutOfRangeException extends IllegalArgumentException {

  private final String field;

  OutOfRangeException(String field, String message) {
    super(message);
    this.field = field;
  }

  /** The name of the field at fault, within the message that was checked. */
  public String field() {
    return field;
  }
}
