package dev.sluice.stage;

/**
 * What a service contributes: a bean of this type makes it a stage.
 *
 * @param <T> the task message
 * @param <R> the result message
 */
public interface StageModule<T, R> {

  /** Which stage this is. */
  StageProtocol<T, R> protocol();

  /** What it tells of itself, before {@link #open} too. */
  StageState state();

  /** Begins to serve models; tasks come when this has returned. Called once. */
  Stage<T, R> open();
}
