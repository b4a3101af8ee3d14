package dev.sluice.stage.work;

/** A task ended before its result, for a reason that is not a fault. */
public final class StageStoppedException extends RuntimeException {

  /** Why. */
  public enum Reason {
    /** The client does not want it any more. */
    CANCELLED,
    /** Nobody waits for it any more. */
    DEADLINE_EXCEEDED,
    /** This process is to end; another one shall take the task. */
    SHUTDOWN
  }

  private final Reason reason;

  public StageStoppedException(Reason reason) {
    super(
        switch (reason) {
          case CANCELLED -> "the request was cancelled";
          case DEADLINE_EXCEEDED -> "the deadline has passed";
          case SHUTDOWN -> "the service is shutting down";
        });
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
