package dev.sluice.stage.work;

import dev.sluice.contract.v1.ErrorCode;

/** A task that can never succeed. The message is shown to the client. */
public final class InvalidTaskException extends RuntimeException {

  private final ErrorCode code;
  private final String field;

  /**
   * @param field at fault, empty for none
   */
  public InvalidTaskException(ErrorCode code, String field, String message) {
    super(message);
    this.code = code;
    this.field = field;
  }

  /** An {@code INVALID_ARGUMENT} in {@code field}. */
  public static InvalidTaskException inField(String field, String message) {
    return new InvalidTaskException(ErrorCode.INVALID_ARGUMENT, field, message);
  }

  public ErrorCode code() {
    return code;
  }

  public String field() {
    return field;
  }
}
