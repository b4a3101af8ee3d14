package dev.sluice.launcher.system;

import static dev.sluice.launcher.system.SharedInstance.LATENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.JsonFormat;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.CancelRequest;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.GenerationEvent;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.GenerationResult;
import dev.sluice.contract.v1.Image;
import dev.sluice.contract.v1.ImageGenerationGrpc;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.contract.v1.Stage;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** Who asks, and whether it was asked before; requests that end before their picture. */
class IdentityIT extends SystemTest {

  @Test
  void twoTenantsAndDoorsWithOneLabelGetTheirOwnPictures() throws Exception {
    GenerationRequest one = request("one-label", 21).setModel(LATENT).setTenant("us").build();
    GenerationRequest other = request("one-label", 22).setModel(LATENT).setTenant("them").build();
    try (TopicReader results = new TopicReader(address().kafka(), Topics.RESULTS)) {
      ExecutorService callers = Executors.newFixedThreadPool(1);
      Future<Map<Integer, Image>> overGrpc = callers.submit(() -> overGrpc(one));
      write(Topics.REQUESTS, "k", other.toByteArray(), null);
      List<GenerationResult> both = resultsOf(results, "one-label", 2);

      assertThat(overGrpc.get(60, TimeUnit.SECONDS).get(0).getSeed()).isEqualTo(21);
      assertThat(both)
          .extracting(result -> result.getTenant() + " " + result.getImage().getSeed())
          .containsExactlyInAnyOrder("us 21", "them 22");
      callers.shutdown();
    }
  }

  @Test
  void theSameAgainIsAnsweredFromWhatIsKeptAndSomethingElseIsRefused() throws Exception {
    GenerationRequest request = request("asked-twice", 23).setModel(LATENT).build();
    ByteString first = overGrpc(request).get(0).getPng();
    List<GenerationEvent> news = new ArrayList<>();

    assertThat(overGrpc(request, news::add).get(0).getPng()).isEqualTo(first);

    assertThat(news).noneMatch(GenerationEvent::hasProgress);
    GenerationRequest different = request.toBuilder().setSeed(24).build();
    assertThatThrownBy(() -> overGrpc(different))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.ALREADY_EXISTS));
    assertThat(overHttp(JsonFormat.printer().print(different)).statusCode()).isEqualTo(409);
    try (TopicReader results = new TopicReader(address().kafka(), Topics.RESULTS)) {
      write(Topics.REQUESTS, "k", different.toByteArray(), null);
      assertThat(resultsOf(results, "asked-twice", 1).get(0).getError().getCode())
          .isEqualTo(ErrorCode.ALREADY_EXISTS);
      write(Topics.REQUESTS, "k", request.toByteArray(), null);
      assertThat(resultsOf(results, "asked-twice", 2).get(1).getImage().getPng()).isEqualTo(first);
    }
  }

  @Test
  void aLabelThatWasCancelledCanBeUsedAgain() {
    GenerationRequest endless =
        request("cancelled-once", 1)
            .setDenoiser(SamplingSettings.newBuilder().setSteps(1000))
            .build();
    CancelRequest cancel = CancelRequest.newBuilder().setRequestId("cancelled-once").build();
    assertThatThrownBy(
            () ->
                overGrpc(
                    endless,
                    event -> {
                      if (event.hasProgress()) {
                        ImageGenerationGrpc.newBlockingStub(channel()).cancel(cancel);
                      }
                    }))
        .isInstanceOf(StatusRuntimeException.class);

    assertThat(overGrpc(request("cancelled-once", 1).build())).hasSize(1);
  }

  @Test
  void cancelEndsARequestThatIsUnderWay() {
    GenerationRequest endless =
        request("endless", 1).setDenoiser(SamplingSettings.newBuilder().setSteps(1000)).build();
    ImageGenerationGrpc.ImageGenerationBlockingStub stub =
        ImageGenerationGrpc.newBlockingStub(channel());

    assertThatThrownBy(
            () ->
                overGrpc(
                    endless,
                    event -> {
                      if (event.getProgress().getStage() == Stage.DENOISER
                          && event.getProgress().getStep() == 3) {
                        stub.cancel(CancelRequest.newBuilder().setRequestId("endless").build());
                      }
                    }))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.CANCELLED));
  }

  @Test
  void anHttpRequestEndsWithItsConnectionIfItSaysSo() throws Exception {
    GenerationRequest endless =
        request("hung-up", 1)
            .setDenoiser(SamplingSettings.newBuilder().setSteps(1000))
            .setCancelOnDisconnect(true)
            .build();
    String body = JsonFormat.printer().print(endless);
    URI gateway = URI.create("http://" + address().http());
    try (TopicReader events = new TopicReader(address().kafka(), Topics.EVENTS);
        TopicReader control = new TopicReader(address().kafka(), Topics.CONTROL);
        Socket client = new Socket(gateway.getHost(), gateway.getPort())) {
      client
          .getOutputStream()
          .write(
              """
              POST /v1/images/generations HTTP/1.1\r
              host: sluice\r
              content-length: %d\r
              \r
              %s"""
                  .formatted(body.length(), body)
                  .getBytes(StandardCharsets.US_ASCII));
      byte[] work =
          events
              .await(1, PATIENCE, record -> event(record).getRequestId().equals("hung-up"))
              .get(0)
              .key();

      client.close();

      control.await(1, PATIENCE, record -> Arrays.equals(record.key(), work));
    }
  }

  private static GenerationEvent event(ConsumerRecord<byte[], byte[]> record) {
    try {
      return GenerationEvent.parseFrom(record.value());
    } catch (InvalidProtocolBufferException e) {
      return GenerationEvent.getDefaultInstance();
    }
  }

  @Test
  void aTimeoutEndsARequestAtItsDeadline() {
    GenerationRequest slow =
        request("slow", 1)
            .setDenoiser(SamplingSettings.newBuilder().setSteps(1000))
            .setTimeout(Durations.fromMillis(500))
            .build();

    assertThatThrownBy(() -> overGrpc(slow))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
  }
}
