package dev.sluice.launcher.system;

import static dev.sluice.launcher.system.SharedInstance.MODEL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.sluice.contract.RecordHeaders;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.DataType;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.GenerationResult;
import dev.sluice.contract.v1.PriorParameters;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.Task;
import dev.sluice.contract.v1.TaskHeader;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.contract.v1.UpscalerParameters;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests and records that cannot be met: each is told why, and nobody else is harmed. */
class BadInputIT extends SystemTest {

  static Stream<GenerationRequest> badRequests() {
    SamplingSettings nan = SamplingSettings.newBuilder().setGuidanceScale(Double.NaN).build();
    return Stream.of(
        request("bad-empty", 1).setPrompt("").build(),
        request("bad-long", 1).setPrompt("x".repeat(10_000)).build(),
        request("bad-model", 1).setModel("none-such").build(),
        request("bad-size", 1).setWidth(33).setHeight(32).build(),
        request("bad-steps-0", 1).setDenoiser(SamplingSettings.newBuilder().setSteps(0)).build(),
        request("bad-steps-huge", 1)
            .setDenoiser(SamplingSettings.newBuilder().setSteps(1_000_000))
            .build(),
        request("bad-scale", 1).setPrior(nan).build(),
        request("bad-seed", -1).build(),
        request("bad-seed-huge", Long.MAX_VALUE).setN(2).build());
  }

  @ParameterizedTest
  @MethodSource("badRequests")
  void aBadRequestIsRefusedAtOnceOverGrpc(GenerationRequest bad) {
    boolean unknownModel = bad.getRequestId().equals("bad-model");

    assertThatThrownBy(() -> overGrpc(bad))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode())
                  .isEqualTo(unknownModel ? Status.Code.NOT_FOUND : Status.Code.INVALID_ARGUMENT);
              assertThat(e.getStatus().getDescription()).hasSizeGreaterThan(10);
            });
  }

  @ParameterizedTest
  @MethodSource("badRequests")
  void aBadRecordIsAnsweredAndKeptWithItsReason(GenerationRequest bad) {
    try (TopicReader results = new TopicReader(address().kafka(), Topics.RESULTS);
        TopicReader letters =
            new TopicReader(address().kafka(), Topics.deadLetters(Topics.REQUESTS))) {
      write(Topics.REQUESTS, null, bad.toByteArray(), null);

      GenerationResult answer = resultsOf(results, bad.getRequestId(), 1).get(0);
      assertThat(answer.getWholeRequest()).isTrue();
      assertThat(answer.getError().getCode())
          .isIn(ErrorCode.INVALID_ARGUMENT, ErrorCode.MODEL_NOT_FOUND);
      assertThat(answer.getError().getField()).isNotEmpty();
      ConsumerRecord<byte[], byte[]> letter = letters.await(1, PATIENCE, any -> true).get(0);
      assertThat(letter.value()).isEqualTo(bad.toByteArray());
      assertThat(TopicReader.header(letter, RecordHeaders.ERROR))
          .isEqualTo(answer.getError().getMessage());
    }
  }

  static Stream<String> workTopics() {
    return Stream.concat(
        Stream.of(Topics.REQUESTS),
        Stream.of(Stage.TEXT_ENCODER, Stage.PRIOR, Stage.DENOISER, Stage.UPSCALER)
            .map(Topics::tasks));
  }

  @ParameterizedTest
  @MethodSource("workTopics")
  void garbageOnAWorkTopicBecomesADeadLetterAndTheWorkerGoesOn(String topic) {
    try (TopicReader letters = new TopicReader(address().kafka(), Topics.deadLetters(topic))) {
      byte[] garbage = {(byte) 0xff, 1, 2, 3, (byte) 0x80};
      write(topic, "garbage", garbage, null);
      write(topic, null, null, null);
      write(topic, "empty", new byte[0], null);

      List<ConsumerRecord<byte[], byte[]>> dead = letters.await(3, PATIENCE, any -> true);

      assertThat(dead)
          .allSatisfy(
              letter -> assertThat(TopicReader.header(letter, RecordHeaders.ERROR)).isNotBlank());
      assertThat(dead).anySatisfy(letter -> assertThat(letter.value()).isEqualTo(garbage));
    }
    assertThat(overGrpc(request("after-garbage-" + topic, 3).build())).hasSize(1);
  }

  @Test
  void garbageOnTheTopicsThatAllReadChangesNothing() {
    for (String topic : List.of(Topics.RESULTS, Topics.EVENTS, Topics.CONTROL)) {
      write(topic, "garbage", new byte[] {(byte) 0xff, 1, 2, 3}, null);
      write(topic, null, null, null);
    }

    assertThat(overGrpc(request("after-noise", 3).build())).hasSize(1);
  }

  @Test
  void aTensorWhoseShapeDisagreesWithItsBytesIsAnErrorOfItsPicture() {
    Message task =
        Task.newBuilder()
            .setStep(
                RouteStep.newBuilder()
                    .setStage(Stage.PRIOR)
                    .setPrior(PriorParameters.getDefaultInstance()))
            .setHeader(
                TaskHeader.newBuilder()
                    .setRequestId("bad-tensor")
                    .setWorkId("bad-tensor")
                    .setImageId("bad-tensor/0")
                    .setModel(MODEL))
            .putInputs(
                "text_embeds",
                Tensor.newBuilder()
                    .setDataType(DataType.FLOAT32)
                    .addShape(1)
                    .addShape(16)
                    .setData(ByteString.copyFrom(new byte[12]))
                    .build())
            .addRoute(
                RouteStep.newBuilder()
                    .setStage(Stage.UPSCALER)
                    .setTopic(Topics.tasks(Stage.UPSCALER))
                    .setUpscaler(UpscalerParameters.getDefaultInstance()))
            .build();
    String topic = Topics.tasks(Stage.PRIOR);
    try (TopicReader results = new TopicReader(address().kafka(), Topics.RESULTS);
        TopicReader letters = new TopicReader(address().kafka(), Topics.deadLetters(topic))) {
      write(topic, "bad-tensor/0", task.toByteArray(), null);

      GenerationResult answer = resultsOf(results, "bad-tensor", 1).get(0);
      assertThat(answer.getError().getCode()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
      assertThat(answer.getError().getMessage()).contains("text_embeds", "64", "12");
      assertThat(letters.await(1, PATIENCE, any -> true)).hasSize(1);
    }
  }
}
