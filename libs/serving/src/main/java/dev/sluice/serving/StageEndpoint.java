package dev.sluice.serving;

import dev.sluice.contract.v1.StageReply;
import dev.sluice.contract.v1.StageRunnerGrpc;
import dev.sluice.contract.v1.Task;
import dev.sluice.stage.StageService;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;

/** What gRPC calls of a stage, whichever this service has. */
@GrpcService
class StageEndpoint extends StageRunnerGrpc.StageRunnerImplBase {

  private final StageService stages;

  StageEndpoint(StageService stages) {
    this.stages = stages;
  }

  @Override
  public void run(Task task, StreamObserver<StageReply> replies) {
    stages.grpc(task.getStep().getStage()).serve(task, replies);
  }
}
