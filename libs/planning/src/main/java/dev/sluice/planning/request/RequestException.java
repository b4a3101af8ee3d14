package dev.sluice.planning.request;

import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.GenerationError;

/** A request that cannot be served, with the field at fault. */
public final class RequestException extends RuntimeException {

  private final ErrorCode code;
  private final String field;

  private RequestException(ErrorCode code, String field, String message) {
    super(Texts.quotable(message));
    this.code = code;
    this.field = Texts.quotable(field);
  }

  /** The value of {@code field} is not acceptable; {@code message} says what would be. */
  public static RequestException invalid(String field, String message) {
    return new RequestException(ErrorCode.INVALID_ARGUMENT, field, message);
  }

  public static RequestException modelNotFound(String message) {
    return new RequestException(ErrorCode.MODEL_NOT_FOUND, "model", message);
  }

  /** The tenant calls something else by that name. */
  public static RequestException alreadyExists(String field, String message) {
    return new RequestException(ErrorCode.ALREADY_EXISTS, field, message);
  }

  /** The model's files do not let it be served; {@code message} says which and why. */
  public static RequestException modelUnusable(String message) {
    return new RequestException(ErrorCode.MODEL_UNUSABLE, "model", message);
  }

  public GenerationError toError() {
    return GenerationError.newBuilder()
        .setCode(code)
        .setField(field)
        .setMessage(getMessage())
        .build();
  }
}
