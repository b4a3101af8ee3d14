package dev.sluice.pipeline.request;

/** A tensor that a request came with is not what the model takes; found before a network saw it. */
public final class InvalidInputException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  private final String input;

  InvalidInputException(String input, String message) {
    super(message);
    this.input = input;
  }

  /** Its name, one of {@link TensorNames}. */
  public String input() {
    return input;
  }
}
