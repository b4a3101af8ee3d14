package dev.sluice.upscaler;

import dev.sluice.contract.v1.UpscalerGrpc;
import dev.sluice.contract.v1.UpscalerReply;
import dev.sluice.contract.v1.UpscalerTask;
import dev.sluice.stage.StageProtocol;
import dev.sluice.stage.StageService;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;

/** The door to gRPC. */
@GrpcService
class UpscalerDoor extends UpscalerGrpc.UpscalerImplBase {

  private final StageService stage;

  UpscalerDoor(StageService stage) {
    this.stage = stage;
  }

  @Override
  public void upscale(UpscalerTask task, StreamObserver<UpscalerReply> replies) {
    stage
        .grpc(StageProtocol.UPSCALER)
        .serve(
            task,
            replies,
            progress -> UpscalerReply.newBuilder().setProgress(progress).build(),
            result -> UpscalerReply.newBuilder().setResult(result).build());
  }
}
