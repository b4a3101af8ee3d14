package dev.sluice.gateway;

import com.google.protobuf.util.Timestamps;
import dev.sluice.contract.v1.GenerationError;
import dev.sluice.contract.v1.GenerationEvent;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.GenerationResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One request that somebody at this gateway waits for. Work is delivered at least once, so a result
 * can come twice; here the second is dropped, and every listener gets each picture once.
 */
final class Generation {

  private final GenerationRequest request;
  private final GenerationPlan plan;
  private final Map<Integer, GenerationEvent> outcomes = new TreeMap<>();
  private final List<GenerationListener> listeners = new ArrayList<>();
  private boolean ended;

  Generation(GenerationRequest request, GenerationPlan plan) {
    this.request = request;
    this.plan = plan;
  }

  GenerationRequest request() {
    return request;
  }

  GenerationPlan plan() {
    return plan;
  }

  /** Adds a listener and tells it what has happened so far. */
  synchronized void join(GenerationListener listener) {
    listener.onEvent(event().setAccepted(plan.accepted()).build());
    outcomes.values().forEach(listener::onEvent);
    if (ended) {
      listener.onEnd(Optional.empty());
    } else {
      listeners.add(listener);
    }
  }

  /** Drops a listener; returns whether none is left. */
  synchronized boolean leave(GenerationListener listener) {
    listeners.remove(listener);
    return listeners.isEmpty();
  }

  /** Passes on progress and previews of pictures that are still under way. */
  synchronized void onEvent(GenerationEvent event) {
    if (!ended && !outcomes.containsKey(event.getImageIndex())) {
      listeners.forEach(listener -> listener.onEvent(event));
    }
  }

  /** Takes a result, however often it comes; returns whether the request is over with it. */
  synchronized boolean onResult(GenerationResult result) {
    if (result.hasError() && result.getWholeRequest()) {
      return end(Optional.of(result.getError()));
    }
    int index = result.getImageIndex();
    boolean expected = index >= 0 && index < plan.images();
    if (ended || !expected || outcomes.containsKey(index)) {
      return ended;
    }
    GenerationEvent.Builder outcome = event().setImageIndex(index);
    if (result.hasImage()) {
      outcome.setImage(result.getImage());
    } else {
      outcome.setError(result.getError());
    }
    GenerationEvent event = outcome.build();
    outcomes.put(index, event);
    listeners.forEach(listener -> listener.onEvent(event));
    return outcomes.size() == plan.images() && end(Optional.empty());
  }

  /** Ends the request for all who wait; once. Always true, for {@link #onResult}. */
  synchronized boolean end(Optional<GenerationError> error) {
    if (!ended) {
      ended = true;
      listeners.forEach(listener -> listener.onEnd(error));
      listeners.clear();
    }
    return true;
  }

  private GenerationEvent.Builder event() {
    return GenerationEvent.newBuilder()
        .setRequestId(plan.requestId())
        .setAt(Timestamps.fromMillis(System.currentTimeMillis()));
  }
}
