package dev.sluice.diffusion;

/** A number of steps for which a sampler has no plan, though it may have one for fewer. */
final class UnusableStepsException extends IllegalArgumentException {

  private static final long serialVersionUID = 1;

  UnusableStepsException(String message) {
    super(message);
  }
}
