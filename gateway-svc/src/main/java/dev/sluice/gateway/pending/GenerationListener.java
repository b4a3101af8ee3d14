package dev.sluice.gateway.pending;

import dev.sluice.contract.v1.GenerationError;
import dev.sluice.contract.v1.GenerationEvent;
import java.util.Optional;

/** Whoever waits for a request. Calls come one at a time; none comes after {@link #onEnd}. */
public interface GenerationListener {

  /**
   * Accepted first, then progress and previews, and for each picture its image or its error, once.
   */
  void onEvent(GenerationEvent event);

  /** The request is over: every picture had its outcome, or the error says why none will follow. */
  void onEnd(Optional<GenerationError> error);
}
