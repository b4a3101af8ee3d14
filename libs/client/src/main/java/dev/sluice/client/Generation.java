package dev.sluice.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** A request that is under way. */
public final class Generation {

  private final CompletableFuture<Outcome> outcome;
  private final Runnable ending;

  Generation(CompletableFuture<Outcome> outcome, Runnable ending) {
    this.outcome = outcome;
    this.ending = ending;
  }

  /**
   * Completed when no picture will come any more; with a {@link SluiceException} if the request as
   * a whole is refused or lost. Cancelling the future does not end the request; {@link #cancel}
   * does.
   */
  public CompletableFuture<Outcome> outcome() {
    return outcome.copy();
  }

  /**
   * Waits for what becomes of it. A thread that is interrupted meanwhile ends it.
   *
   * @throws SluiceException if the request as a whole is refused or lost
   */
  public Outcome await() {
    try {
      return outcome.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      cancel();
      Thread.currentThread().interrupt();
      throw new SluiceException(
          new Failure(0, Failure.Reason.CANCELLED, "Interrupted while waiting for pictures", ""),
          e);
    }
  }

  /** Ends it; pictures that are done stay told. Nothing happens if it has ended already. */
  public void cancel() {
    ending.run();
  }
}
