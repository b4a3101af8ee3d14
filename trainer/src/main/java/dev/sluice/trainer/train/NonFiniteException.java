package dev.sluice.trainer.train;

/** A training that cannot go on: a loss or a gradient is no finite number. Nothing has changed. */
public final class NonFiniteException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  NonFiniteException(long step, String where) {
    super(
        ("step %d: %s. Go on from the last save with a lower learning rate, a longer warm-up or a"
                + " smaller max-norm")
            .formatted(step, where));
  }
}
