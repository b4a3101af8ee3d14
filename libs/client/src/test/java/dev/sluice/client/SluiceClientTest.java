package dev.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import com.google.rpc.BadRequest;
import com.google.rpc.BadRequest.FieldViolation;
import com.google.rpc.Code;
import com.google.rpc.Status;
import dev.sluice.client.Failure.Reason;
import dev.sluice.contract.v1.Accepted;
import dev.sluice.contract.v1.CancelReply;
import dev.sluice.contract.v1.CancelRequest;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.GenerationError;
import dev.sluice.contract.v1.GenerationEvent;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Image;
import dev.sluice.contract.v1.ImageGenerationGrpc.ImageGenerationImplBase;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.StageProgress;
import dev.sluice.contract.v1.StageTiming;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Over a real connection, with a server that says what a gateway would. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class SluiceClientTest {

  private static final GenerationEvent NAMED =
      GenerationEvent.newBuilder().setRequestId("label").setWorkId("work").setTenant("me").build();

  @TempDir private Path folder;
  private final Gateway gateway = new Gateway();
  private Server server;
  private SluiceClient client;

  @BeforeEach
  void start() throws Exception {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .addService(gateway)
            .build()
            .start();
    client = SluiceClient.connect("127.0.0.1:" + server.getPort());
  }

  @AfterEach
  void stop() {
    client.close();
    server.shutdownNow();
  }

  private static GenerationEvent accepted() {
    return NAMED.toBuilder()
        .setAccepted(
            Accepted.newBuilder().setN(1).setSeed(7).setModel("m").addStages(Stage.TEXT_ENCODER))
        .build();
  }

  private static GenerationEvent image(int index) {
    return NAMED.toBuilder()
        .setImageIndex(index)
        .setImage(
            Image.newBuilder()
                .setIndex(index)
                .setSeed(7 + index)
                .setWidth(64)
                .setHeight(32)
                .setPng(ByteString.copyFromUtf8("png " + index))
                .addTimings(
                    StageTiming.newBuilder()
                        .setStage(Stage.DENOISER)
                        .setDuration(Durations.fromMillis(1_500)))
                .addWarnings("cut"))
        .build();
  }

  private static GenerationEvent failure(int index) {
    return NAMED.toBuilder()
        .setImageIndex(index)
        .setError(
            GenerationError.newBuilder()
                .setCode(ErrorCode.MODEL_FAULT)
                .setMessage("NaN")
                .setField("steps"))
        .build();
  }

  @Test
  void toFile_asksForWhatWasSaidAndWritesThePicture() {
    gateway.events = List.of(accepted(), image(0));
    Path file = folder.resolve("made/picture.png");

    Picture picture =
        client.generate("a red circle").model("m").seed(7).size(64, 32).steps(5).toFile(file);

    assertThat(file).hasContent("png 0");
    assertThat(picture.seed()).isEqualTo(7);
    assertThat(picture.id()).isEqualTo("work");
    assertThat(picture.requestId()).isEqualTo("label");
    assertThat(picture.took()).isEqualTo(Map.of("denoiser", Duration.ofMillis(1_500)));
    assertThat(picture.warnings()).containsExactly("cut");
    GenerationRequest asked = gateway.asked.join();
    assertThat(asked.getPrompt()).isEqualTo("a red circle");
    assertThat(asked.getSeed()).isEqualTo(7);
    assertThat(asked.getHeight()).isEqualTo(32);
    assertThat(asked.getDenoiser().getSteps()).isEqualTo(5);
    assertThat(asked.getCancelOnDisconnect()).isTrue();
  }

  @Test
  void toFile_isForOnePicture() {
    assertThatThrownBy(() -> client.generate("a").n(2).toFile(folder.resolve("a.png")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("2 pictures");
  }

  @Test
  void listener_isToldEverythingInOrder() {
    gateway.events =
        List.of(
            accepted(),
            NAMED.toBuilder()
                .setProgress(
                    StageProgress.newBuilder().setStage(Stage.DENOISER).setStep(2).setTotal(5))
                .build(),
            failure(1),
            image(0));
    List<Object> told = new ArrayList<>();

    Outcome outcome =
        client
            .generate("a")
            .listener(
                new GenerationListener() {
                  @Override
                  public void understood(Understood how) {
                    told.add(how);
                  }

                  @Override
                  public void progress(Progress progress) {
                    told.add(progress);
                  }

                  @Override
                  public void picture(Picture picture) {
                    told.add(picture);
                  }

                  @Override
                  public void failed(Failure failure) {
                    told.add(failure);
                  }
                })
            .start()
            .await();

    assertThat(told)
        .containsExactly(
            new Understood("work", "label", "m", 1, 7, List.of("text-encoder"), List.of()),
            new Progress(0, "denoiser", 2, 5),
            new Failure(1, Reason.MODEL_FAULT, "NaN", "steps"),
            outcome.pictures().get(0));
    assertThatThrownBy(outcome::all)
        .isInstanceOf(SluiceException.class)
        .hasMessage("NaN (field steps)");
  }

  @Test
  void pictures_ofARefusedRequestSayWhichFieldIsAtFault() {
    gateway.refusal =
        StatusProto.toStatusRuntimeException(
            Status.newBuilder()
                .setCode(Code.INVALID_ARGUMENT_VALUE)
                .setMessage("too many")
                .addDetails(
                    Any.pack(
                        BadRequest.newBuilder()
                            .addFieldViolations(FieldViolation.newBuilder().setField("n"))
                            .build()))
                .build());

    SluiceException refused =
        catchThrowableOfType(SluiceException.class, () -> client.generate("a").pictures());

    assertThat(refused.failure())
        .isEqualTo(new Failure(0, Reason.INVALID_ARGUMENT, "too many", "n"));
    assertThat(client.generate("a").picturesLater())
        .failsWithin(Duration.ofSeconds(20))
        .withThrowableThat()
        .withCauseInstanceOf(SluiceException.class);
  }

  @Test
  void cancel_endsTheWorkByItsLabel() {
    gateway.events = List.of(accepted());
    gateway.ends = false;
    CompletableFuture<Understood> understood = new CompletableFuture<>();
    Generation generation =
        client
            .generate("a")
            .listener(
                new GenerationListener() {
                  @Override
                  public void understood(Understood how) {
                    understood.complete(how);
                  }
                })
            .start();
    understood.join();

    generation.cancel();

    assertThat(gateway.cancelled.join())
        .isEqualTo(CancelRequest.newBuilder().setRequestId("label").setTenant("me").build());
    SluiceException ended = catchThrowableOfType(SluiceException.class, generation::await);
    assertThat(ended.reason()).isEqualTo(Reason.CANCELLED);
  }

  @Test
  void listener_thatThrowsEndsTheRequestWithWhatItThrew() {
    gateway.events = List.of(accepted());
    gateway.ends = false;

    assertThatThrownBy(
            () ->
                client
                    .generate("a")
                    .listener(
                        new GenerationListener() {
                          @Override
                          public void understood(Understood how) {
                            throw new IllegalArgumentException("the disk is full");
                          }
                        })
                    .pictures())
        .hasMessage("the disk is full");
  }

  @Test
  void connect_toNobodyIsToldWhenSomethingIsAskedFor() {
    try (SluiceClient nobody = SluiceClient.connect("127.0.0.1:1")) {
      SluiceException away = catchThrowableOfType(SluiceException.class, nobody::models);

      assertThat(away.reason()).isEqualTo(Reason.UNAVAILABLE);
    }
  }

  /** Says what a test wants it to. */
  private static final class Gateway extends ImageGenerationImplBase {

    private final CompletableFuture<GenerationRequest> asked = new CompletableFuture<>();
    private final CompletableFuture<CancelRequest> cancelled = new CompletableFuture<>();
    private volatile List<GenerationEvent> events = List.of();
    private volatile RuntimeException refusal;
    private volatile boolean ends = true;
    private volatile StreamObserver<GenerationEvent> caller;

    @Override
    public void generate(GenerationRequest request, StreamObserver<GenerationEvent> observer) {
      asked.complete(request);
      caller = observer;
      if (refusal != null) {
        observer.onError(refusal);
        return;
      }
      events.forEach(observer::onNext);
      if (ends) {
        observer.onCompleted();
      }
    }

    @Override
    public void cancel(CancelRequest request, StreamObserver<CancelReply> observer) {
      cancelled.complete(request);
      observer.onNext(CancelReply.getDefaultInstance());
      observer.onCompleted();
      caller.onError(io.grpc.Status.CANCELLED.withDescription("cancelled").asRuntimeException());
    }
  }
}
