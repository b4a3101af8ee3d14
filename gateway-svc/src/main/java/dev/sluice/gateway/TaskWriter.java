package dev.sluice.gateway;

import com.google.protobuf.Message;
import dev.sluice.contract.ImageId;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.CancelRequest;
import dev.sluice.contract.v1.ControlCommand;
import dev.sluice.contract.v1.TaskHeader;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.stage.Outbox;
import dev.sluice.stage.Payloads;
import dev.sluice.stage.Routing;
import java.util.Map;

/** Sets the stages to work; what a method wrote has arrived when it returns. */
final class TaskWriter {

  private final Outbox outbox;
  private final Payloads payloads;

  TaskWriter(Outbox outbox, Payloads payloads) {
    this.outbox = outbox;
    this.payloads = payloads;
  }

  /**
   * Writes the first task of every picture.
   *
   * @param traceParent W3C trace context of the request
   */
  void writeFirst(GenerationPlan plan, String traceParent) {
    String topic = plan.route().get(0).getTopic();
    for (int i = 0; i < plan.images(); i++) {
      TaskHeader header = plan.headerOf(i);
      Message task = Routing.task(header, inputs(plan, header), plan.routeOf(i));
      outbox.send(topic, header.getImageId(), task, traceParent);
    }
  }

  private Map<String, Tensor> inputs(GenerationPlan plan, TaskHeader header) {
    ImageId image = new ImageId(header.getRequestId(), header.getImageIndex());
    return payloads.store(image, 0, plan.route().get(0).getStage(), plan.inputs());
  }

  /** Tells every process that nobody wants the request any more. */
  void writeCancel(String requestId) {
    ControlCommand command =
        ControlCommand.newBuilder()
            .setCancel(CancelRequest.newBuilder().setRequestId(requestId))
            .build();
    outbox.send(Topics.CONTROL, requestId, command, null);
  }
}
