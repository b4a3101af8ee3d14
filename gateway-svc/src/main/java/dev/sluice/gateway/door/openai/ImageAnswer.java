package dev.sluice.gateway.door.openai;

import dev.sluice.contract.v1.GenerationError;
import dev.sluice.contract.v1.GenerationEvent;
import dev.sluice.gateway.door.http.LateResponse;
import dev.sluice.gateway.pending.GenerationListener;
import dev.sluice.stage.kafka.Outbox;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes an answer of what is heard of a request. What takes time is done one after the other and
 * not by whoever tells it, by whom every caller hears of everything; nothing is done before {@link
 * #begin}, as a request can still be refused until then.
 */
abstract class ImageAnswer implements GenerationListener {

  private static final Logger LOG = LoggerFactory.getLogger(ImageAnswer.class);

  /** Proxies let go of a connection after half a minute of silence, the hastiest ones. */
  static final Duration PAUSE = Duration.ofSeconds(15);

  final LateResponse response;
  final Set<String> warnings = new LinkedHashSet<>();
  String id;
  String model;

  private final CompletableFuture<Void> begun = new CompletableFuture<>();
  private CompletableFuture<Void> last = begun;

  ImageAnswer(LateResponse response) {
    this.response = response;
  }

  /** The request was accepted as this call. */
  final void begin(ImageCall accepted) {
    synchronized (this) {
      warnings.addAll(accepted.warnings());
    }
    begun.complete(null);
  }

  @Override
  public final void onEvent(GenerationEvent event) {
    if (event.hasAccepted()) {
      synchronized (this) {
        id = event.getRequestId();
        model = event.getAccepted().getModel();
        warnings.addAll(event.getAccepted().getWarningsList());
      }
    } else if (event.hasError()) {
      then(() -> fail(event.getError()));
    } else {
      hear(event);
    }
  }

  /** Previews, progress, and pictures. */
  abstract void hear(GenerationEvent event);

  @Override
  public final void onEnd(Optional<GenerationError> error) {
    then(() -> error.ifPresentOrElse(this::fail, this::end));
  }

  /** Every picture is there. */
  abstract void end();

  /** No more pictures come. */
  abstract void fail(GenerationError error);

  /** Has something done after all that came before it. */
  final synchronized void then(Runnable work) {
    last = last.thenRunAsync(() -> run(work));
  }

  private void run(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      LOG.error("An answer could not be made", e);
      fail(Outbox.internalError());
    }
  }
}
