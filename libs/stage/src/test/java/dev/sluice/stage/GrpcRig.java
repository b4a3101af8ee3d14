package dev.sluice.stage;

import dev.sluice.contract.v1.DenoiserGrpc;
import dev.sluice.contract.v1.DenoiserReply;
import dev.sluice.contract.v1.DenoiserResult;
import dev.sluice.contract.v1.DenoiserTask;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/** A denoiser behind a real gRPC server on loopback, and a channel to it. */
final class GrpcRig implements AutoCloseable {

  private static final int MAX_MESSAGE_BYTES = 64 << 20;

  final CancelledWork cancelled = new CancelledWork();
  final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  final GrpcDoor<DenoiserTask, DenoiserResult> door;
  private final Server server;
  private final ManagedChannel channel;

  GrpcRig(Stage<DenoiserTask, DenoiserResult> stage, Path blobs) throws IOException {
    this(stage, blobs, Long.MAX_VALUE);
  }

  /**
   * @param mostBytes of calls that wait
   */
  GrpcRig(Stage<DenoiserTask, DenoiserResult> stage, Path blobs, long mostBytes)
      throws IOException {
    Payloads payloads = new Payloads(new FolderBlobStore(blobs), StageRig.INLINE_LIMIT);
    this.door =
        new GrpcDoor<>(
            new StageRuntime<>(StageProtocol.DENOISER, stage, payloads, cancelled, metrics),
            1,
            mostBytes);
    this.server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .addService(ServerInterceptors.intercept(new Service(door), new TraceInterceptor()))
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .build()
            .start();
    this.channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
            .usePlaintext()
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .build();
  }

  private static final class Service extends DenoiserGrpc.DenoiserImplBase {

    private final GrpcDoor<DenoiserTask, DenoiserResult> door;

    Service(GrpcDoor<DenoiserTask, DenoiserResult> door) {
      this.door = door;
    }

    @Override
    public void denoise(DenoiserTask task, StreamObserver<DenoiserReply> replies) {
      door.serve(
          task,
          replies,
          progress -> DenoiserReply.newBuilder().setProgress(progress).build(),
          result -> DenoiserReply.newBuilder().setResult(result).build());
    }
  }

  DenoiserGrpc.DenoiserBlockingStub client() {
    return DenoiserGrpc.newBlockingStub(channel);
  }

  @Override
  public void close() {
    channel.shutdownNow();
    door.close();
    server.shutdownNow();
  }
}
