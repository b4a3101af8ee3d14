package dev.sluice.diffusion.sampling;

/** A number of steps for which a sampler has no plan, though it may have one for fewer. */
public final class UnusableStepsException extends IllegalArgumentException {

  private static final long serialVersionUID = 1;

  public UnusableStepsException(String message) {
    super(message);
  }
}
