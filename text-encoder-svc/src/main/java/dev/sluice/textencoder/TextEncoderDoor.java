package dev.sluice.textencoder;

import dev.sluice.contract.v1.TextEncoderGrpc;
import dev.sluice.contract.v1.TextEncoderReply;
import dev.sluice.contract.v1.TextEncoderTask;
import dev.sluice.stage.StageProtocol;
import dev.sluice.stage.StageService;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;

/** The door to gRPC. */
@GrpcService
class TextEncoderDoor extends TextEncoderGrpc.TextEncoderImplBase {

  private final StageService stage;

  TextEncoderDoor(StageService stage) {
    this.stage = stage;
  }

  @Override
  public void encode(TextEncoderTask task, StreamObserver<TextEncoderReply> replies) {
    stage
        .grpc(StageProtocol.TEXT_ENCODER)
        .serve(
            task,
            replies,
            progress -> TextEncoderReply.newBuilder().setProgress(progress).build(),
            result -> TextEncoderReply.newBuilder().setResult(result).build());
  }
}
