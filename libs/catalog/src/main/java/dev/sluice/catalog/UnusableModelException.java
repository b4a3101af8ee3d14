package dev.sluice.catalog;

import java.util.List;

/** A model is there, and its files do not let it be served. The message is fit for any client. */
public final class UnusableModelException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  private final transient List<String> problems;

  /**
   * @param problems what is wrong, a sentence each, with the file at fault relative to the model
   */
  public UnusableModelException(String model, List<String> problems, Throwable cause) {
    super("Model %s cannot be served: %s".formatted(model, String.join("; ", problems)), cause);
    this.problems = List.copyOf(problems);
  }

  public List<String> problems() {
    return problems;
  }
}
