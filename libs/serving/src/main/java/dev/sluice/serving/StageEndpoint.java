package dev.sluice.serving;

import dev.sluice.contract.v1.StageReply;
import dev.sluice.contract.v1.StageRunnerGrpc;
import dev.sluice.contract.v1.Task;
import dev.sluice.stage.StageService;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;

/** What gRPC calls of a stage, whichever it is. */
@GrpcService
class StageEndpoint extends StageRunnerGrpc.StageRunnerImplBase {

  private final StageService stage;

  StageEndpoint(StageService stage) {
    this.stage = stage;
  }

  @Override
  public void run(Task task, StreamObserver<StageReply> replies) {
    stage.grpc().serve(task, replies);
  }
}
