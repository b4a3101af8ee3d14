package dev.sluice.gateway.door.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.GenerationError;
import dev.sluice.contract.v1.GenerationEvent;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Image;
import dev.sluice.contract.v1.ImageGenerationGrpc;
import dev.sluice.contract.v1.Preview;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A call over a real connection, whose reader reads when it pleases. */
@Timeout(60)
class CallerTest {

  private static final ByteString LARGE = ByteString.copyFrom(new byte[64 << 10]);

  private final CompletableFuture<Caller> caller = new CompletableFuture<>();
  private final CompletableFuture<ServerCallStreamObserver<GenerationEvent>> call =
      new CompletableFuture<>();
  private Server server;
  private ManagedChannel channel;

  @BeforeEach
  void connect() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .addService(
                new ImageGenerationGrpc.ImageGenerationImplBase() {
                  @Override
                  public void generate(
                      GenerationRequest request, StreamObserver<GenerationEvent> observer) {
                    ServerCallStreamObserver<GenerationEvent> own =
                        (ServerCallStreamObserver<GenerationEvent>) observer;
                    caller.complete(new Caller(own, ImageGenerationService::exception));
                    call.complete(own);
                  }
                })
            .build()
            .start();
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
            .usePlaintext()
            .directExecutor()
            .build();
  }

  @AfterEach
  void disconnect() {
    channel.shutdownNow();
    server.shutdownNow();
  }

  /** Asks for messages by hand. */
  private static final class Reader
      implements ClientResponseObserver<GenerationRequest, GenerationEvent> {

    private final List<GenerationEvent> read = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Optional<Status>> end = new CompletableFuture<>();
    private ClientCallStreamObserver<GenerationRequest> requests;

    @Override
    public void beforeStart(ClientCallStreamObserver<GenerationRequest> stream) {
      requests = stream;
      stream.disableAutoRequestWithInitial(0);
    }

    @Override
    public void onNext(GenerationEvent event) {
      read.add(event);
    }

    @Override
    public void onError(Throwable error) {
      end.complete(Optional.of(Status.fromThrowable(error)));
    }

    @Override
    public void onCompleted() {
      end.complete(Optional.empty());
    }
  }

  private Reader call() {
    Reader reader = new Reader();
    ImageGenerationGrpc.newStub(channel).generate(GenerationRequest.getDefaultInstance(), reader);
    return reader;
  }

  private static GenerationEvent preview(int image) {
    return GenerationEvent.newBuilder()
        .setImageIndex(image)
        .setPreview(Preview.newBuilder().setPng(LARGE))
        .build();
  }

  private static GenerationEvent image(int index) {
    return GenerationEvent.newBuilder()
        .setImageIndex(index)
        .setImage(Image.newBuilder().setIndex(index).setPng(LARGE))
        .build();
  }

  @Test
  void aSlowReader_getsEveryPictureAndNotEveryPreview() throws Exception {
    Reader reader = call();
    int previews = 200;
    for (int i = 0; i < previews; i++) {
      caller.get().onEvent(preview(i % 8));
    }
    for (int i = 0; i < 8; i++) {
      caller.get().onEvent(image(i));
    }
    caller.get().onEnd(Optional.empty());

    reader.requests.request(Integer.MAX_VALUE);

    assertThat(reader.end.get(30, TimeUnit.SECONDS)).isEmpty();
    assertThat(reader.read.stream().filter(GenerationEvent::hasImage))
        .extracting(GenerationEvent::getImageIndex)
        .containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
    assertThat(reader.read.stream().filter(GenerationEvent::hasPreview).count())
        .isLessThan(previews);
  }

  @Test
  void anError_comesAfterWhatWasWritten() throws Exception {
    Reader reader = call();
    caller.get().onEvent(image(0));
    caller
        .get()
        .onEnd(Optional.of(GenerationError.newBuilder().setCode(ErrorCode.CANCELLED).build()));

    reader.requests.request(Integer.MAX_VALUE);

    assertThat(reader.end.get(30, TimeUnit.SECONDS).orElseThrow().getCode())
        .isEqualTo(Status.Code.CANCELLED);
    assertThat(reader.read).hasSize(1);
  }

  @Test
  void aReaderThatIsGone_isNoFault() throws Exception {
    Reader reader = call();
    Caller gone = caller.get();
    reader.requests.cancel("enough", null);
    while (!call.get().isCancelled()) {
      Thread.sleep(5);
    }

    gone.onEvent(image(0));
    gone.onEnd(Optional.empty());

    assertThat(reader.read).isEmpty();
  }
}
