package dev.sluice.trainer.data;

/** Training data that is not there, or not what it should be; in words for who brought it. */
public final class DataException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public DataException(String message) {
    super(message);
  }
}
