package dev.sluice.denoiser;

import dev.sluice.contract.v1.DenoiserGrpc;
import dev.sluice.contract.v1.DenoiserReply;
import dev.sluice.contract.v1.DenoiserTask;
import dev.sluice.stage.StageProtocol;
import dev.sluice.stage.StageService;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;

/** The door to gRPC. */
@GrpcService
class DenoiserDoor extends DenoiserGrpc.DenoiserImplBase {

  private final StageService stage;

  DenoiserDoor(StageService stage) {
    this.stage = stage;
  }

  @Override
  public void denoise(DenoiserTask task, StreamObserver<DenoiserReply> replies) {
    stage
        .grpc(StageProtocol.DENOISER)
        .serve(
            task,
            replies,
            progress -> DenoiserReply.newBuilder().setProgress(progress).build(),
            result -> DenoiserReply.newBuilder().setResult(result).build());
  }
}
