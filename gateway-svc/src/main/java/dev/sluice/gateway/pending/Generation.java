package dev.sluice.gateway.pending;

import com.google.protobuf.util.Timestamps;
import dev.sluice.contract.v1.CancelWork;
import dev.sluice.contract.v1.GenerationError;
import dev.sluice.contract.v1.GenerationEvent;
import dev.sluice.contract.v1.GenerationResult;
import dev.sluice.contract.v1.Label;
import dev.sluice.planning.plan.GenerationPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request that somebody at this gateway waits for. Work is delivered at least once, so a result
 * can come twice; here the second is dropped, and every listener gets each picture once.
 */
public final class Generation {

  private static final Logger LOG = LoggerFactory.getLogger(Generation.class);

  private final GenerationPlan plan;
  private final boolean endsWithItsCallers;
  private final Map<Integer, GenerationEvent> outcomes = new TreeMap<>();
  private final List<GenerationListener> listeners = new ArrayList<>();
  private final List<Runnable> whenOver = new ArrayList<>();

  /** How it ended, without or with an error; null while it goes on. */
  private Optional<GenerationError> end;

  /**
   * @param plan as work; what its first stage is given is not kept here
   * @param endsWithItsCallers whether the work is to end when nobody waits any more
   */
  Generation(GenerationPlan plan, boolean endsWithItsCallers) {
    this.plan = plan.withoutInputs();
    this.endsWithItsCallers = endsWithItsCallers;
  }

  GenerationPlan plan() {
    return plan;
  }

  /** The work that it is, by its id. */
  public String workId() {
    return plan.workId();
  }

  boolean endsWithItsCallers() {
    return endsWithItsCallers;
  }

  /** Whether a command is about this. */
  boolean isMeantBy(CancelWork cancel) {
    Label label =
        Label.newBuilder()
            .setTenant(plan.header().getTenant())
            .setRequestId(plan.header().getRequestId())
            .build();
    return cancel.hasLabel()
        ? cancel.getLabel().equals(label)
            && Timestamps.compare(plan.header().getCreatedAt(), cancel.getAt()) <= 0
        : cancel.getWorkId().equals(plan.workId());
  }

  /** Adds a listener and tells it what has happened so far, the end included. */
  synchronized void join(GenerationListener listener) {
    listener.onEvent(event().setAccepted(plan.accepted()).build());
    outcomes.values().forEach(listener::onEvent);
    if (end != null) {
      listener.onEnd(end);
    } else {
      listeners.add(listener);
    }
  }

  /** Drops a listener; returns whether none is left. */
  synchronized boolean leave(GenerationListener listener) {
    listeners.remove(listener);
    return listeners.isEmpty();
  }

  /** Runs {@code action} when nothing is waited for any more, however that comes about; once. */
  synchronized void whenOver(Runnable action) {
    if (end != null) {
      action.run();
    } else {
      whenOver.add(action);
    }
  }

  /** Passes on progress and previews of pictures that are still under way. */
  synchronized void onEvent(GenerationEvent event) {
    if (end == null && !outcomes.containsKey(event.getImageIndex())) {
      tell(listener -> listener.onEvent(event));
    }
  }

  /** Takes a result, however often it comes; returns whether the request is over with it. */
  synchronized boolean onResult(GenerationResult result) {
    if (result.hasError() && result.getWholeRequest()) {
      end(Optional.of(result.getError()));
      return true;
    }
    int index = result.getImageIndex();
    boolean expected = index >= 0 && index < plan.images();
    if (end != null || !expected || outcomes.containsKey(index)) {
      return end != null;
    }
    GenerationEvent.Builder outcome = event().setImageIndex(index);
    if (result.hasImage()) {
      outcome.setImage(result.getImage());
    } else {
      outcome.setError(result.getError());
    }
    GenerationEvent event = outcome.build();
    outcomes.put(index, event);
    tell(listener -> listener.onEvent(event));
    if (outcomes.size() == plan.images()) {
      end(Optional.empty());
    }
    return end != null;
  }

  /** Ends the request for all who wait, and for those who still join; the first end counts. */
  synchronized void end(Optional<GenerationError> error) {
    if (end == null) {
      end = error;
      tell(listener -> listener.onEnd(error));
      abandon();
    }
  }

  /** Nobody waits any more. */
  synchronized void abandon() {
    listeners.clear();
    whenOver.forEach(Runnable::run);
    whenOver.clear();
  }

  /** One that fails, because its caller is gone, say, must not keep the others waiting. */
  private void tell(Consumer<GenerationListener> news) {
    for (GenerationListener listener : List.copyOf(listeners)) {
      try {
        news.accept(listener);
      } catch (RuntimeException e) {
        LOG.warn("Someone who waits for {} could not be told: {}", plan.workId(), e.toString());
      }
    }
  }

  private GenerationEvent.Builder event() {
    return GenerationEvent.newBuilder()
        .setRequestId(plan.header().getRequestId())
        .setTenant(plan.header().getTenant())
        .setWorkId(plan.workId())
        .setAt(Timestamps.fromMillis(System.currentTimeMillis()));
  }
}
