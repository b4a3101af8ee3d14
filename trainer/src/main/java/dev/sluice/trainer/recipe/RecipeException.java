package dev.sluice.trainer.recipe;

/** A recipe, or a change of one, says what cannot be. */
public final class RecipeException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public RecipeException(String message) {
    super(message);
  }
}
