package dev.sluice.stage.work;

/** This worker ran out of memory over a task; another, or this one started anew, may not. */
public final class WorkerFullException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public WorkerFullException(Throwable cause) {
    super("the memory ran out over a task: " + cause.getMessage(), cause);
  }
}
