package dev.sluice.gateway.work;

import dev.sluice.contract.v1.AcceptedGeneration;
import dev.sluice.contract.v1.GenerationResult;
import dev.sluice.planning.plan.GenerationPlan;
import dev.sluice.planning.request.RequestException;
import dev.sluice.stage.trace.Spans;
import dev.sluice.stage.trace.TraceParent;
import io.opentelemetry.api.trace.SpanKind;
import java.util.List;

/** Has the work of accepted requests begin, once, whoever asks however often. */
public final class Admission {

  private final WorkRegistry works;
  private final TaskWriter tasks;
  private final WorkerChecks workers;
  private final AcceptedWorks accepted;

  public Admission(
      WorkRegistry works, TaskWriter tasks, WorkerChecks workers, AcceptedWorks accepted) {
    this.works = works;
    this.tasks = tasks;
    this.workers = workers;
    this.accepted = accepted;
  }

  /**
   * Writes the first tasks of work that was claimed, unless a claimant did before.
   *
   * @param plan as that work
   * @param traceParent W3C trace context of the request; anything else, or null, for none
   * @return what has become of its pictures already
   * @throws RequestException if no worker can do it
   * @throws RuntimeException if the tasks could not be written; the label is free then
   */
  public List<GenerationResult> begin(
      WorkRegistry.Claim claim, GenerationPlan plan, String traceParent) {
    return Spans.in("generate", SpanKind.SERVER, traceParent, () -> begin(claim, plan));
  }

  private List<GenerationResult> begin(WorkRegistry.Claim claim, GenerationPlan plan) {
    Spans.note("sluice.work_id", plan.workId());
    Spans.note("sluice.model", plan.header().getModel());
    // A claimant may have died before it had written them; a task that is written twice does no
    // harm.
    if (claim.work().getWritten()) {
      return works.outcomes(claim.work());
    }
    try {
      workers.check(plan.header().getModel(), plan.route());
      tasks.writeFirst(plan, TraceParent.current());
      AcceptedGeneration known = AcceptedWorks.of(plan);
      tasks.writeAccepted(known);
      // Who asks this gateway next knows it already.
      accepted.add(known);
    } catch (RuntimeException e) {
      works.giveUp(plan.header());
      throw e;
    }
    works.written(plan.header());
    return List.of();
  }
}
