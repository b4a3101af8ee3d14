package dev.sluice.gateway.work;

import dev.sluice.contract.ImageId;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.AcceptedGeneration;
import dev.sluice.contract.v1.CancelWork;
import dev.sluice.contract.v1.ControlCommand;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.Task;
import dev.sluice.contract.v1.TaskHeader;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.planning.plan.GenerationPlan;
import dev.sluice.stage.kafka.Outbox;
import dev.sluice.stage.work.Payloads;
import dev.sluice.stage.work.Routing;
import java.util.Map;

/** Sets the stages to work; what a method wrote has arrived when it returns. */
public final class TaskWriter {

  private final Outbox outbox;
  private final Payloads payloads;

  public TaskWriter(Outbox outbox, Payloads payloads) {
    this.outbox = outbox;
    this.payloads = payloads;
  }

  /**
   * Writes the first task of every picture.
   *
   * @param traceParent W3C trace context of the request
   */
  void writeFirst(GenerationPlan plan, String traceParent) {
    RouteStep first = plan.route().get(0);
    String topic = first.getTopic();
    // The same for all pictures, so they are stored once, as the first one's.
    Map<String, Tensor> inputs =
        payloads.store(new ImageId(plan.workId(), 0), 0, first.getStage(), plan.inputs());
    for (int i = 0; i < plan.images(); i++) {
      TaskHeader header = plan.headerOf(i);
      Task task = Routing.task(header, inputs, plan.routeOf(i));
      outbox.send(topic, header.getImageId(), task, traceParent);
    }
  }

  /** Tells every gateway of a request that was accepted. */
  void writeAccepted(AcceptedGeneration accepted) {
    outbox.send(Topics.GENERATIONS, accepted.getWorkId(), accepted, null);
  }

  /** Tells every process that nobody wants some work any more. */
  public void writeCancel(CancelWork cancel) {
    outbox.send(
        Topics.CONTROL,
        cancel.hasLabel() ? cancel.getLabel().getRequestId() : cancel.getWorkId(),
        ControlCommand.newBuilder().setCancel(cancel).build(),
        null);
  }
}
