package dev.sluice.trainer.system;

/** A training that cannot begin, in words for whoever asked for it. */
public final class TrainingException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public TrainingException(String message) {
    super(message);
  }
}
