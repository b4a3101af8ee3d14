package dev.sluice.stage.rig;

import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.StageReply;
import dev.sluice.contract.v1.StageRunnerGrpc;
import dev.sluice.contract.v1.Task;
import dev.sluice.stage.blob.FolderBlobStore;
import dev.sluice.stage.grpc.GrpcDoor;
import dev.sluice.stage.trace.TraceInterceptor;
import dev.sluice.stage.work.CancelledWork;
import dev.sluice.stage.work.Payloads;
import dev.sluice.stage.work.StageRuntime;
import dev.sluice.stage.work.StageWork;
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
public final class GrpcRig implements AutoCloseable {

  private static final int MAX_MESSAGE_BYTES = 64 << 20;

  public final CancelledWork cancelled = new CancelledWork();
  public final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  public final GrpcDoor door;
  private final Server server;
  private final ManagedChannel channel;

  public GrpcRig(StageWork work, Path blobs) throws IOException {
    this(work, blobs, Long.MAX_VALUE);
  }

  /**
   * @param mostBytes of calls that wait
   */
  public GrpcRig(StageWork work, Path blobs, long mostBytes) throws IOException {
    Payloads payloads = new Payloads(new FolderBlobStore(blobs), StageRig.INLINE_LIMIT);
    this.door =
        new GrpcDoor(
            new StageRuntime(Stage.DENOISER, work, payloads, cancelled, metrics), 1, mostBytes);
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

  private static final class Service extends StageRunnerGrpc.StageRunnerImplBase {

    private final GrpcDoor door;

    Service(GrpcDoor door) {
      this.door = door;
    }

    @Override
    public void run(Task task, StreamObserver<StageReply> replies) {
      door.serve(task, replies);
    }
  }

  public StageRunnerGrpc.StageRunnerBlockingStub client() {
    return StageRunnerGrpc.newBlockingStub(channel);
  }

  @Override
  public void close() {
    channel.shutdownNow();
    door.close();
    server.shutdownNow();
  }
}
