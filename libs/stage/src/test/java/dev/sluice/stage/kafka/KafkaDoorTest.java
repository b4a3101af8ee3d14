package dev.sluice.stage.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.util.Timestamps;
import dev.sluice.contract.RecordHeaders;
import dev.sluice.contract.TensorMessages;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.DataType;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.GenerationError;
import dev.sluice.contract.v1.GenerationEvent;
import dev.sluice.contract.v1.GenerationResult;
import dev.sluice.contract.v1.ResultFormat;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.StageResult;
import dev.sluice.contract.v1.StageTiming;
import dev.sluice.contract.v1.Task;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.stage.rig.Endless;
import dev.sluice.stage.rig.KafkaForTests;
import dev.sluice.stage.rig.StageRig;
import dev.sluice.stage.rig.Tasks;
import dev.sluice.stage.rig.TopicReader;
import dev.sluice.stage.work.InvalidTaskException;
import dev.sluice.stage.work.StageWork;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(KafkaForTests.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KafkaDoorTest {

  private static final byte[] GARBAGE = {(byte) 0xff, 1, 2, 3};

  private StageRig denoiser;
  private StageRig upscaler;
  private String next;

  /** What the workers do; the tests that need something else say so. */
  private volatile StageWork denoising;

  private volatile StageWork upscaling;

  @BeforeAll
  void startWorkers(KafkaForTests.Address kafka, @TempDir Path blobs) {
    denoiser = new StageRig(kafka, Stage.DENOISER, blobs);
    denoiser.work((task, context) -> denoising.run(task, context));
    upscaler = new StageRig(kafka, Stage.UPSCALER, blobs);
    upscaler.work((task, context) -> upscaling.run(task, context));
    next = "after-" + denoiser.topic();
  }

  @AfterAll
  void stopWorkers() throws Exception {
    denoiser.close();
    upscaler.close();
  }

  @BeforeEach
  void workAsUsual() {
    denoising = Tasks::denoise;
    upscaling = Tasks::upscale;
  }

  @Test
  void handle_handsInputsAndOutputsToTheNextStage() throws Exception {
    TopicReader following = denoiser.read(next);
    Task task = Tasks.denoiserTask(next);

    denoiser.write(task, Tasks.TRACE);

    ConsumerRecord<byte[], byte[]> record = following.next();
    Task made = Task.parseFrom(record.value());
    assertThat(new String(record.key(), StandardCharsets.UTF_8))
        .isEqualTo(task.getHeader().getImageId());
    assertThat(TopicReader.header(record, RecordHeaders.TRACE_PARENT)).isEqualTo(Tasks.TRACE);
    assertThat(made.getInputsMap())
        .containsOnly(
            entry("image_embeds", task.getInputsOrThrow("image_embeds")),
            entry("sample", TensorMessages.of(new float[] {2, 4, 6}, 1, 3)));
    assertThat(made.getRouteList()).isEmpty();
    assertThat(made.getHeader().toBuilder().clearTimings().build()).isEqualTo(task.getHeader());
    assertThat(made.getHeader().getTimingsList())
        .extracting(StageTiming::getStage)
        .containsExactly(Stage.DENOISER);
  }

  /** As while replicas are upgraded one after the other. */
  @Test
  void handle_keepsWhatANewerVersionSaysToLaterStages() throws Exception {
    TopicReader following = denoiser.read(next);
    Task known = Tasks.denoiserTask(next);
    UnknownFieldSet news =
        UnknownFieldSet.newBuilder()
            .addField(9999, UnknownFieldSet.Field.newBuilder().addVarint(42).build())
            .build();
    Task task =
        known.toBuilder()
            .setHeader(known.getHeader().toBuilder().setUnknownFields(news))
            .setUnknownFields(news)
            .setRoute(0, known.getRoute(0).toBuilder().setUnknownFields(news))
            .build();

    denoiser.write(task, Tasks.TRACE);

    Task made = Task.parseFrom(following.next().value());
    assertThat(made.getHeader().getUnknownFields()).isEqualTo(news);
    assertThat(made.getUnknownFields()).isEqualTo(news);
    assertThat(made.getStep()).isEqualTo(task.getRoute(0));
  }

  @Test
  void handle_tellsProgressAsEvents() throws Exception {
    TopicReader events = denoiser.read(Topics.EVENTS);
    Task task = Tasks.denoiserTask(next);

    denoiser.write(task, Tasks.TRACE);

    String key = task.getHeader().getRequestId();
    for (ConsumerRecord<byte[], byte[]> record :
        events.await(3, event -> key.equals(new String(event.key(), StandardCharsets.UTF_8)))) {
      GenerationEvent event = GenerationEvent.parseFrom(record.value());
      assertThat(event.getProgress().getTotal()).isEqualTo(3);
      assertThat(TopicReader.header(record, RecordHeaders.TRACE_PARENT)).isEqualTo(Tasks.TRACE);
    }
  }

  @Test
  void handle_writesThePictureAtTheEndOfTheRoute() {
    TopicReader results = upscaler.results();
    Task task = Tasks.upscalerTask();
    String id = task.getHeader().getRequestId();

    upscaler.write(task, Tasks.TRACE);

    ConsumerRecord<byte[], byte[]> record = results.await(1, resultOf(id)).get(0);
    GenerationResult result = TopicReader.result(record);
    assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo(id + "/0");
    assertThat(TopicReader.header(record, RecordHeaders.TRACE_PARENT)).isEqualTo(Tasks.TRACE);
    assertThat(TopicReader.header(record, RecordHeaders.CONTENT_TYPE)).isNull();
    assertThat(result.getImage().getPng().toStringUtf8()).isEqualTo("png of " + id + "/0");
    assertThat(result.getImage().getSeed()).isEqualTo(7);
    assertThat(result.getImage().getTimingsCount()).isEqualTo(1);
  }

  @Test
  void handle_answersInJsonWhereTheRequestWasJson() {
    TopicReader results = upscaler.results();
    Task.Builder task = Tasks.upscalerTask().toBuilder();
    task.getHeaderBuilder().setResultFormat(ResultFormat.JSON);

    upscaler.write(task.build());

    ConsumerRecord<byte[], byte[]> record =
        results.await(1, resultOf(task.getHeader().getRequestId())).get(0);
    assertThat(TopicReader.header(record, RecordHeaders.CONTENT_TYPE))
        .isEqualTo(RecordHeaders.JSON);
    assertThat(new String(record.value(), StandardCharsets.UTF_8)).startsWith("{");
  }

  @Test
  void handle_refusesGarbageAndTellsTheClientThatItsKeyNames() {
    TopicReader results = denoiser.results();
    TopicReader letters = denoiser.deadLetters();
    TopicReader following = denoiser.read(next);
    String id = Tasks.header().getRequestId();
    double lettersBefore = denoiser.count("sluice.stage.dead.letters");

    denoiser.write((id + "/2").getBytes(StandardCharsets.UTF_8), GARBAGE, Tasks.TRACE);
    denoiser.write("no id".getBytes(StandardCharsets.UTF_8), GARBAGE, null);
    denoiser.write(null, null, null);
    Task good = Tasks.denoiserTask(next);
    denoiser.write(good);

    ConsumerRecord<byte[], byte[]> letter = letters.next();
    assertThat(letter.value()).isEqualTo(GARBAGE);
    assertThat(TopicReader.header(letter, RecordHeaders.ERROR))
        .startsWith("not a task of the denoiser: ");
    assertThat(TopicReader.header(letter, RecordHeaders.ORIGIN))
        .matches(denoiser.topic() + "-0@[0-9]+");
    assertThat(TopicReader.header(letter, RecordHeaders.TRACE_PARENT)).isEqualTo(Tasks.TRACE);
    assertThat(letters.next().value()).isEqualTo(GARBAGE);
    assertThat(TopicReader.header(letters.next(), RecordHeaders.ERROR)).contains("has no value");
    GenerationResult answer = results.result(id);
    assertThat(answer.getImageIndex()).isEqualTo(2);
    assertThat(answer.getError().getCode()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
    assertThat(answer.getError().getStage()).isEqualTo(Stage.DENOISER);
    assertThat(following.next().key())
        .isEqualTo(good.getHeader().getImageId().getBytes(StandardCharsets.UTF_8));
    assertThat(denoiser.count("sluice.stage.dead.letters") - lettersBefore).isEqualTo(3);
  }

  static Stream<Arguments> badTasks() {
    return Stream.of(
        Arguments.of(
            "a tensor that contradicts itself",
            change(
                task ->
                    task.putInputs(
                        "image_embeds",
                        Tensor.newBuilder()
                            .setDataType(DataType.FLOAT32)
                            .addShape(1)
                            .addShape(16)
                            .setData(ByteString.copyFrom(new byte[12]))
                            .build())),
            "inputs.image_embeds",
            "needs 64 bytes, the message holds 12"),
        Arguments.of(
            "a blob that is not there",
            change(task -> task.putInputs("image_embeds", blob("image-cat/0-prior/embeds"))),
            "inputs.image_embeds",
            "the blob image-cat/0-prior/embeds is not in the blob store"),
        Arguments.of(
            "a blob key that leads out of the store",
            change(task -> task.putInputs("image_embeds", blob("../../etc/passwd"))),
            "inputs.image_embeds",
            "not a blob key"),
        Arguments.of(
            "an image id of another request",
            change(task -> task.getHeaderBuilder().setImageId("other/0")),
            "header.image_id",
            "must be work_id/image_index"),
        Arguments.of(
            "a deadline that is no time",
            change(task -> task.getHeaderBuilder().getDeadlineBuilder().setSeconds(Long.MAX_VALUE)),
            "header.deadline",
            "no time"),
        Arguments.of(
            "a route that ends too early",
            change(Task.Builder::clearRoute),
            "route",
            "must end at the upscaler"),
        Arguments.of(
            "a step without parameters",
            change(task -> task.getRouteBuilder(0).clearUpscaler()),
            "route",
            "has no parameters"),
        Arguments.of(
            "a step of another stage",
            change(task -> task.setStep(task.getRoute(0))),
            "step",
            "a task of this stage has a step of DENOISER"),
        Arguments.of(
            "a step to nowhere",
            change(task -> task.getRouteBuilder(0).setTopic("a topic")),
            "route",
            "no topic of Kafka"));
  }

  private static UnaryOperator<Task.Builder> change(Consumer<Task.Builder> change) {
    return task -> {
      change.accept(task);
      return task;
    };
  }

  private static Tensor blob(String key) {
    return Tensor.newBuilder().setDataType(DataType.FLOAT32).addShape(1).setBlobKey(key).build();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badTasks")
  void handle_refusesABadTaskBeforeItsWork(
      String name, UnaryOperator<Task.Builder> change, String field, String message) {
    TopicReader results = denoiser.results();
    TopicReader letters = denoiser.deadLetters();
    AtomicInteger runs = new AtomicInteger();
    denoising =
        (task, context) -> {
          runs.incrementAndGet();
          return Tasks.denoise(task, context);
        };
    Task task = change.apply(Tasks.denoiserTask(next).toBuilder()).build();

    denoiser.write(task, Tasks.TRACE);

    GenerationError error = results.result(task.getHeader().getRequestId()).getError();
    assertThat(error.getCode()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
    assertThat(error.getField()).isEqualTo(field);
    assertThat(error.getMessage()).contains(message);
    ConsumerRecord<byte[], byte[]> letter = letters.next();
    assertThat(letter.value()).isEqualTo(task.toByteArray());
    assertThat(TopicReader.header(letter, RecordHeaders.ERROR)).contains(message);
    assertThat(runs).hasValue(0);
  }

  @Test
  void handle_tellsTheClientOfAModelThatTheStageDoesNotKnow() {
    TopicReader results = upscaler.results();
    TopicReader letters = upscaler.deadLetters();
    upscaling =
        (task, context) -> {
          if (task.getHeader().getModel().equals("toy")) {
            return Tasks.upscale(task, context);
          }
          throw new InvalidTaskException(ErrorCode.MODEL_NOT_FOUND, "model", "there is only toy");
        };
    Task.Builder unknown = Tasks.upscalerTask().toBuilder();
    unknown.getHeaderBuilder().setModel("unheard-of");
    Task good = Tasks.upscalerTask();

    upscaler.write(unknown.build(), Tasks.TRACE);
    upscaler.write(good);

    ConsumerRecord<byte[], byte[]> answer =
        results.await(1, resultOf(unknown.getHeader().getRequestId())).get(0);
    GenerationError error = TopicReader.result(answer).getError();
    assertThat(error.getCode()).isEqualTo(ErrorCode.MODEL_NOT_FOUND);
    assertThat(error.getField()).isEqualTo("model");
    assertThat(TopicReader.header(answer, RecordHeaders.TRACE_PARENT)).isEqualTo(Tasks.TRACE);
    assertThat(TopicReader.header(letters.next(), RecordHeaders.ERROR))
        .isEqualTo("there is only toy");
    assertThat(results.result(good.getHeader().getRequestId()).hasImage()).isTrue();
  }

  @Test
  void handle_retriesAFaultAndCountsIt() {
    TopicReader results = upscaler.results();
    AtomicInteger attempts = new AtomicInteger();
    double redeliveriesBefore = upscaler.count("sluice.stage.redeliveries");
    upscaling =
        (task, context) -> {
          switch (attempts.incrementAndGet()) {
            case 1 -> throw new IllegalStateException("a fault that passes");
            case 2 -> throw new StackOverflowError();
            default -> {
              return Tasks.upscale(task, context);
            }
          }
        };
    Task task = Tasks.upscalerTask();

    upscaler.write(task);

    assertThat(results.result(task.getHeader().getRequestId()).hasImage()).isTrue();
    assertThat(attempts).hasValue(3);
    assertThat(upscaler.count("sluice.stage.redeliveries") - redeliveriesBefore).isEqualTo(2);
  }

  @Test
  void handle_givesUpAStageThatAlwaysThrows() {
    TopicReader results = upscaler.results();
    TopicReader letters = upscaler.deadLetters();
    Task bad = Tasks.upscalerTask();
    Task good = Tasks.upscalerTask();
    upscaling =
        (task, context) -> {
          if (task.getHeader().equals(bad.getHeader())) {
            throw new IllegalStateException("the network is broken");
          }
          return Tasks.upscale(task, context);
        };

    upscaler.write(bad);
    upscaler.write(good);

    assertThat(results.result(good.getHeader().getRequestId()).hasImage()).isTrue();
    GenerationError error = results.result(bad.getHeader().getRequestId()).getError();
    assertThat(error.getCode()).isEqualTo(ErrorCode.INTERNAL);
    assertThat(error.getMessage()).doesNotContain("network");
    assertThat(TopicReader.header(letters.next(), RecordHeaders.ERROR))
        .isEqualTo("failed 9 times: java.lang.IllegalStateException: the network is broken");
  }

  @Test
  void handle_keepsTheLargestRecordAsADeadLetterToo() {
    TopicReader letters = denoiser.deadLetters();
    byte[] large = new byte[Outbox.MAX_RECORD_BYTES - 1000];
    large[0] = (byte) 0xff;

    denoiser.write(null, large, null);

    assertThat(letters.next().value()).isEqualTo(large);
  }

  @Test
  void handle_delivers2048x2048PixelsOfNoise() {
    TopicReader results = upscaler.results();
    byte[] png = new byte[3 * 2048 * 2048];
    new Random(1).nextBytes(png);
    upscaling =
        (task, context) -> {
          StageResult.Builder result = Tasks.upscale(task, context).toBuilder();
          result.getImageBuilder().setPng(ByteString.copyFrom(png));
          return result.build();
        };
    Task.Builder task = Tasks.upscalerTask().toBuilder();
    task.getHeaderBuilder().setResultFormat(ResultFormat.JSON);

    upscaler.write(task.build());

    assertThat(results.result(task.getHeader().getRequestId()).getImage().getPng().toByteArray())
        .isEqualTo(png);
  }

  @Test
  void handle_doesNotBeginAfterTheDeadline() {
    TopicReader results = upscaler.results();
    AtomicInteger runs = new AtomicInteger();
    upscaling =
        (task, context) -> {
          runs.incrementAndGet();
          return Tasks.upscale(task, context);
        };
    Task.Builder task = Tasks.upscalerTask().toBuilder();
    task.getHeaderBuilder().setDeadline(Timestamps.fromMillis(System.currentTimeMillis() - 1));

    upscaler.write(task.build());

    assertThat(results.result(task.getHeader().getRequestId()).getError().getCode())
        .isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
    assertThat(runs).hasValue(0);
  }

  @Test
  void handle_stopsAtTheDeadline() {
    TopicReader results = denoiser.results();
    TopicReader letters = denoiser.deadLetters();
    denoising = Endless::denoise;
    Task.Builder task = Tasks.denoiserTask(next).toBuilder();
    task.getHeaderBuilder().setDeadline(Timestamps.fromMillis(System.currentTimeMillis() + 1500));

    denoiser.write(task.build());

    GenerationError error = results.result(task.getHeader().getRequestId()).getError();
    assertThat(error.getCode()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
    assertThat(error.getMessage()).isEqualTo("the deadline has passed");
    assertThat(letters.during(java.time.Duration.ofMillis(300))).isEmpty();
  }

  private static Predicate<ConsumerRecord<byte[], byte[]>> resultOf(String requestId) {
    return record -> TopicReader.result(record).getRequestId().equals(requestId);
  }
}
