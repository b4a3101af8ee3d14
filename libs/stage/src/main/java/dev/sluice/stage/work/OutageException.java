package dev.sluice.stage.work;

/**
 * What every task needs is away, the blob store or the broker. No fault of the task that met it:
 * once that is back, the same will do.
 */
public final class OutageException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public OutageException(String message, Throwable cause) {
    super(message, cause);
  }
}
