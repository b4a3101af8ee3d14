package dev.sluice.gateway.door.grpc;

import dev.sluice.contract.v1.GenerationError;
import dev.sluice.contract.v1.GenerationEvent;
import dev.sluice.gateway.pending.GenerationListener;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Function;

/**
 * Writes to one call no faster than it is read. What a slow reader would hold up waits here, so
 * that it neither fills the connection's buffer nor keeps others waiting: the pictures of one
 * request at most, as progress and previews, which the next ones replace, are left out meanwhile.
 */
final class Caller implements GenerationListener {

  private final ServerCallStreamObserver<GenerationEvent> call;
  private final Function<GenerationError, ? extends Throwable> status;
  private final Deque<GenerationEvent> waiting = new ArrayDeque<>();

  /** How to end the call once all is written; null while more may come, and afterwards. */
  private Runnable end;

  /**
   * @param call not yet handed back to its server
   * @param status what an error is to the call
   */
  Caller(
      ServerCallStreamObserver<GenerationEvent> call,
      Function<GenerationError, ? extends Throwable> status) {
    this.call = call;
    this.status = status;
    call.setOnReadyHandler(this::write);
    // Without one, writing to a call that was just cancelled would throw.
    call.setOnCancelHandler(this::drop);
  }

  @Override
  public synchronized void onEvent(GenerationEvent event) {
    boolean passing = event.hasProgress() || event.hasPreview() || event.hasLoading();
    if (passing && !(waiting.isEmpty() && call.isReady())) {
      return;
    }
    waiting.add(event);
    write();
  }

  @Override
  public synchronized void onEnd(Optional<GenerationError> error) {
    end = () -> error.ifPresentOrElse(e -> call.onError(status.apply(e)), call::onCompleted);
    write();
  }

  private synchronized void write() {
    if (call.isCancelled()) {
      drop();
      return;
    }
    while (!waiting.isEmpty() && call.isReady()) {
      call.onNext(waiting.remove());
    }
    if (waiting.isEmpty() && end != null) {
      Runnable last = end;
      end = null;
      last.run();
    }
  }

  private synchronized void drop() {
    waiting.clear();
    end = null;
  }
}
