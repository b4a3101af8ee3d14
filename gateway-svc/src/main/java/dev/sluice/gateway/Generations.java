package dev.sluice.gateway;

import com.google.protobuf.util.Timestamps;
import dev.sluice.contract.ImageId;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.GenerationError;
import dev.sluice.contract.v1.GenerationEvent;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.GenerationResult;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The requests that callers of this gateway wait for, over gRPC or HTTP. */
@ApplicationScoped
class Generations {

  private final RoutePlanner planner;
  private final TaskWriter tasks;
  private volatile boolean listening;
  private final Map<String, Generation> pending = new ConcurrentHashMap<>();
  private final ScheduledExecutorService deadlines =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "deadlines");
            thread.setDaemon(true);
            return thread;
          });

  @Inject
  Generations(RoutePlanner planner, TaskWriter tasks) {
    this.planner = planner;
    this.tasks = tasks;
  }

  /** Says that replies are being read: from now on, none to a request can be missed. */
  void open() {
    listening = true;
  }

  /**
   * Plans a request, writes its first tasks and tells {@code listener} all that follows. A request
   * with the id of one that is still open joins that one.
   *
   * @param traceParent W3C trace context of the call
   * @return the request as it is tracked, to {@link #leave}
   * @throws RequestException when the request is not valid
   * @throws NotReadyException before {@link #open}
   */
  Generation submit(GenerationRequest request, String traceParent, GenerationListener listener) {
    if (!listening) {
      throw new NotReadyException();
    }
    Generation fresh =
        new Generation(
            request, planner.plan(request, Timestamps.fromMillis(System.currentTimeMillis())));
    String id = fresh.plan().requestId();
    Generation known = pending.putIfAbsent(id, fresh);
    if (known != null) {
      if (!sameWork(known.request(), request)) {
        throw RequestException.invalid(
            "request_id", "Another request with the id '%s' is under way.".formatted(id));
      }
      known.join(listener);
      return known;
    }
    try {
      fresh.join(listener);
      tasks.writeFirst(fresh.plan(), traceParent);
    } catch (RuntimeException e) {
      pending.remove(id);
      throw e;
    }
    endAtDeadline(fresh);
    return fresh;
  }

  /** Whether two requests ask for the same pictures; how long somebody waits is no part of that. */
  private static boolean sameWork(GenerationRequest one, GenerationRequest other) {
    return one.toBuilder().clearTimeout().build().equals(other.toBuilder().clearTimeout().build());
  }

  /** A listener goes away; when it was the last and the request says so, the work ends too. */
  void leave(Generation generation, GenerationListener listener) {
    if (generation.leave(listener)
        && pending.remove(generation.plan().requestId(), generation)
        && generation.request().getCancelOnDisconnect()) {
      tasks.writeCancel(generation.plan().requestId());
    }
  }

  /** Ends a request everywhere: this gateway's callers hear of it when the command comes back. */
  void cancel(String requestId) {
    if (!ImageId.isRequestId(requestId)) {
      throw RequestException.invalid("request_id", "There is no request id to cancel.");
    }
    tasks.writeCancel(requestId);
  }

  void onEvent(GenerationEvent event) {
    Generation generation = pending.get(event.getRequestId());
    if (generation != null) {
      generation.onEvent(event);
    }
  }

  void onResult(GenerationResult result) {
    Generation generation = pending.get(result.getRequestId());
    if (generation != null && generation.onResult(result)) {
      pending.remove(result.getRequestId(), generation);
    }
  }

  void onCancelled(String requestId) {
    end(requestId, ErrorCode.CANCELLED, "The request was cancelled.");
  }

  private void endAtDeadline(Generation generation) {
    if (!generation.plan().header().hasDeadline()) {
      return;
    }
    long millis =
        Timestamps.toMillis(generation.plan().header().getDeadline()) - System.currentTimeMillis();
    deadlines.schedule(
        () ->
            end(
                generation.plan().requestId(),
                ErrorCode.DEADLINE_EXCEEDED,
                "The request's timeout passed before its last picture was ready."),
        Math.max(0, millis),
        TimeUnit.MILLISECONDS);
  }

  private void end(String requestId, ErrorCode code, String message) {
    Generation generation = pending.remove(requestId);
    if (generation != null) {
      generation.end(
          Optional.of(GenerationError.newBuilder().setCode(code).setMessage(message).build()));
    }
  }

  @PreDestroy
  void stop() {
    deadlines.shutdownNow();
  }
}
