package dev.sluice.prior;

import dev.sluice.contract.v1.PriorGrpc;
import dev.sluice.contract.v1.PriorReply;
import dev.sluice.contract.v1.PriorTask;
import dev.sluice.stage.StageProtocol;
import dev.sluice.stage.StageService;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;

/** The door to gRPC. */
@GrpcService
class PriorDoor extends PriorGrpc.PriorImplBase {

  private final StageService stage;

  PriorDoor(StageService stage) {
    this.stage = stage;
  }

  @Override
  public void sample(PriorTask task, StreamObserver<PriorReply> replies) {
    stage
        .grpc(StageProtocol.PRIOR)
        .serve(
            task,
            replies,
            progress -> PriorReply.newBuilder().setProgress(progress).build(),
            result -> PriorReply.newBuilder().setResult(result).build());
  }
}
