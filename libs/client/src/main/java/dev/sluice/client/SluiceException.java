package dev.sluice.client;

/** A gateway that cannot do, or does not do, what it is asked for. */
public final class SluiceException extends RuntimeException {

  private final Failure failure;

  SluiceException(Failure failure, Throwable cause) {
    super(
        failure.field().isEmpty()
            ? failure.message()
            : "%s (field %s)".formatted(failure.message(), failure.field()),
        cause);
    this.failure = failure;
  }

  /** What went wrong. */
  public Failure failure() {
    return failure;
  }

  /** What kind of failure it is. */
  public Failure.Reason reason() {
    return failure.reason();
  }
}
