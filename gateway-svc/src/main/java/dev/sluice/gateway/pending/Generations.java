package dev.sluice.gateway.pending;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.sluice.contract.ImageId;
import dev.sluice.contract.v1.AcceptedGeneration;
import dev.sluice.contract.v1.CancelRequest;
import dev.sluice.contract.v1.CancelWork;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.GenerationError;
import dev.sluice.contract.v1.GenerationEvent;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.GenerationResult;
import dev.sluice.contract.v1.Label;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.TaskHeader;
import dev.sluice.gateway.work.Admission;
import dev.sluice.gateway.work.TaskWriter;
import dev.sluice.gateway.work.WorkRegistry;
import dev.sluice.planning.RoutePlanner;
import dev.sluice.planning.plan.GenerationPlan;
import dev.sluice.planning.request.RequestException;
import dev.sluice.stage.kafka.Outbox;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The requests that callers of this gateway wait for, over gRPC or HTTP. */
@ApplicationScoped
public class Generations {

  private final RoutePlanner planner;
  private final WorkRegistry works;
  private final Admission admission;
  private final TaskWriter tasks;
  private volatile boolean listening;

  /** By the id of the work. */
  private final Map<String, Generation> pending = new ConcurrentHashMap<>();

  private final ScheduledThreadPoolExecutor deadlines =
      new ScheduledThreadPoolExecutor(
          1,
          work -> {
            Thread thread = new Thread(work, "deadlines");
            thread.setDaemon(true);
            return thread;
          });

  @Inject
  Generations(RoutePlanner planner, WorkRegistry works, Admission admission, TaskWriter tasks) {
    this.planner = planner;
    this.works = works;
    this.admission = admission;
    this.tasks = tasks;
    // A request that is over must not be held by a timer of seven days.
    deadlines.setRemoveOnCancelPolicy(true);
  }

  /** Says that replies are being read: from now on, none to a request can be missed. */
  void open() {
    listening = true;
  }

  /**
   * Plans a request, has it begun if it is not under way already, and tells {@code listener} all
   * that follows.
   *
   * @param traceParent W3C trace context of the call; anything else, or null, for none
   * @return the request as it is tracked, to {@link #leave}
   * @throws RequestException when the request is not valid, or its label stands for another one
   * @throws NotReadyException before {@link #open}
   */
  public Generation submit(
      GenerationRequest request, String traceParent, GenerationListener listener) {
    if (!listening) {
      throw new NotReadyException();
    }
    GenerationPlan plan = planner.plan(request, Timestamps.fromMillis(System.currentTimeMillis()));
    WorkRegistry.Claim claim = works.claim(request, plan);
    GenerationPlan work = plan.as(claim.work());
    Generation fresh = new Generation(work, request.getCancelOnDisconnect());
    Generation known = pending.putIfAbsent(work.workId(), fresh);
    if (known != null) {
      known.join(listener);
      return known;
    }
    fresh.join(listener);
    fresh.whenOver(() -> pending.remove(work.workId(), fresh));
    endAtDeadline(fresh);
    try {
      admission.begin(claim, work, traceParent).forEach(fresh::onResult);
    } catch (RuntimeException e) {
      // For those who have joined meanwhile; this caller hears of it by the exception.
      fresh.leave(listener);
      fresh.end(Optional.of(Outbox.internalError()));
      throw e;
    }
    return fresh;
  }

  /**
   * Tells {@code listener} of a request that was accepted before, at whichever door and gateway:
   * what became of its pictures first, then all that follows.
   *
   * @return the request as it is tracked, to {@link #leave}
   * @throws NotReadyException before {@link #open}
   */
  public Generation watch(AcceptedGeneration work, GenerationListener listener) {
    if (!listening) {
      throw new NotReadyException();
    }
    Generation fresh = new Generation(planOf(work), false);
    Generation known = pending.putIfAbsent(work.getWorkId(), fresh);
    if (known != null) {
      known.join(listener);
      return known;
    }
    fresh.join(listener);
    fresh.whenOver(() -> pending.remove(work.getWorkId(), fresh));
    works.outcomesOf(work).forEach(fresh::onResult);
    if (works.isGivenUp(work)) {
      fresh.end(error(ErrorCode.CANCELLED, "The request was cancelled."));
    }
    endAtDeadline(fresh);
    return fresh;
  }

  /** As much of its plan as who waits for it is told. */
  private static GenerationPlan planOf(AcceptedGeneration work) {
    TaskHeader.Builder header =
        TaskHeader.newBuilder()
            .setWorkId(work.getWorkId())
            .setRequestId(work.getRequestId())
            .setTenant(work.getTenant())
            .setCreatedAt(work.getCreatedAt())
            .setModel(work.getAccepted().getModel())
            .setSeed(work.getAccepted().getSeed())
            .addAllWarnings(work.getAccepted().getWarningsList());
    if (work.hasDeadline()) {
      header.setDeadline(work.getDeadline());
    }
    List<RouteStep> route =
        work.getAccepted().getStagesList().stream()
            .map(stage -> RouteStep.newBuilder().setStage(stage).build())
            .toList();
    return new GenerationPlan(
        header.build(), work.getRecipe(), work.getAccepted().getN(), Map.of(), route, List.of());
  }

  /** Ends a request that was accepted before everywhere, as {@link #cancel(CancelRequest)} does. */
  public void cancel(AcceptedGeneration work) {
    works.giveUp(planOf(work).header());
    tasks.writeCancel(
        CancelWork.newBuilder()
            .setWorkId(work.getWorkId())
            .setAt(Timestamps.fromMillis(System.currentTimeMillis()))
            .build());
  }

  /** A listener goes away; when it was the last and the request says so, the work ends too. */
  public void leave(Generation generation, GenerationListener listener) {
    if (generation.leave(listener) && pending.containsKey(generation.plan().workId())) {
      generation.abandon();
      if (generation.endsWithItsCallers()) {
        works.giveUp(generation.plan().header());
        tasks.writeCancel(
            CancelWork.newBuilder()
                .setWorkId(generation.plan().workId())
                .setAt(Timestamps.fromMillis(System.currentTimeMillis()))
                .build());
      }
    }
  }

  /** Ends a request everywhere: this gateway's callers hear of it when the command comes back. */
  public void cancel(CancelRequest request) {
    if (!ImageId.isName(request.getRequestId())) {
      throw RequestException.invalid("request_id", "There is no request id to cancel.");
    }
    Label label =
        Label.newBuilder()
            .setTenant(request.getTenant())
            .setRequestId(request.getRequestId())
            .build();
    Timestamp now = Timestamps.fromMillis(System.currentTimeMillis());
    works.giveUp(label, now);
    tasks.writeCancel(CancelWork.newBuilder().setLabel(label).setAt(now).build());
  }

  void onEvent(GenerationEvent event) {
    Generation generation = pending.get(event.getWorkId());
    if (generation != null) {
      generation.onEvent(event);
    }
  }

  void onResult(GenerationResult result) {
    Generation generation = pending.get(result.getWorkId());
    if (generation != null) {
      generation.onResult(result);
    }
  }

  void onCancelled(CancelWork cancel) {
    for (Generation generation : pending.values()) {
      if (generation.isMeantBy(cancel)) {
        generation.end(error(ErrorCode.CANCELLED, "The request was cancelled."));
      }
    }
  }

  private void endAtDeadline(Generation generation) {
    if (!generation.plan().header().hasDeadline()) {
      return;
    }
    long millis =
        Timestamps.toMillis(generation.plan().header().getDeadline()) - System.currentTimeMillis();
    Future<?> timer =
        deadlines.schedule(
            () ->
                generation.end(
                    error(
                        ErrorCode.DEADLINE_EXCEEDED,
                        "The request's timeout passed before its last picture was ready.")),
            Math.max(0, millis),
            TimeUnit.MILLISECONDS);
    generation.whenOver(() -> timer.cancel(false));
  }

  private static Optional<GenerationError> error(ErrorCode code, String message) {
    return Optional.of(GenerationError.newBuilder().setCode(code).setMessage(message).build());
  }

  @PreDestroy
  void stop() {
    deadlines.shutdownNow();
  }
}
