package dev.sluice.gateway.pending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.util.Timestamps;
import dev.sluice.catalog.ModelCatalog;
import dev.sluice.catalog.ModelDigests;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.CancelRequest;
import dev.sluice.contract.v1.CancelWork;
import dev.sluice.contract.v1.ControlCommand;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.GenerationError;
import dev.sluice.contract.v1.GenerationEvent;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.GenerationResult;
import dev.sluice.contract.v1.Image;
import dev.sluice.contract.v1.Label;
import dev.sluice.gateway.work.AcceptedWorks;
import dev.sluice.gateway.work.Admission;
import dev.sluice.gateway.work.TaskWriter;
import dev.sluice.gateway.work.WorkRegistry;
import dev.sluice.gateway.work.WorkerChecks;
import dev.sluice.planning.RoutePlanner;
import dev.sluice.planning.recipe.RecipeWriter;
import dev.sluice.planning.request.RequestException;
import dev.sluice.stage.blob.FolderBlobStore;
import dev.sluice.stage.kafka.Outbox;
import dev.sluice.stage.rig.KafkaForTests;
import dev.sluice.stage.rig.TopicReader;
import dev.sluice.stage.status.StatusBoard;
import dev.sluice.stage.work.Payloads;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Who waits for what, with a real broker and a real store, and no stage at work. */
@Timeout(60)
@ExtendWith(KafkaForTests.class)
class GenerationsTest {

  /** Long enough for what should not come. */
  private static final java.time.Duration A_WHILE = java.time.Duration.ofMillis(300);

  private static final String FIRST_TOPIC = "sluice.text-encoder";

  private final KafkaForTests.Address kafka;
  private final StatusBoard workers = new StatusBoard();
  private final AcceptedWorks accepted = new AcceptedWorks();

  @TempDir private Path blobs;

  private Outbox outbox;
  private Generations generations;

  GenerationsTest(KafkaForTests.Address kafka) {
    this.kafka = kafka;
  }

  @BeforeEach
  void start() throws Exception {
    try (Admin admin = Admin.create(kafka.settings())) {
      for (String topic :
          List.of(
              FIRST_TOPIC,
              Topics.RESULTS,
              Topics.EVENTS,
              Topics.CONTROL,
              Topics.STATUS,
              Topics.GENERATIONS)) {
        try {
          admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
        } catch (ExecutionException e) {
          assertThat(e).hasCauseInstanceOf(TopicExistsException.class);
        }
      }
    }
    outbox = new Outbox(kafka.settings());
    FolderBlobStore store = new FolderBlobStore(blobs);
    Payloads payloads = new Payloads(store, 1 << 20);
    WorkRegistry works = new WorkRegistry(store, payloads, java.time.Duration.ofHours(1));
    TaskWriter tasks = new TaskWriter(outbox, payloads);
    RoutePlanner planner =
        new RoutePlanner(
            new ModelCatalog(Path.of(System.getProperty("sluice.goldens"))),
            "pipe-unclip",
            new RecipeWriter(new ModelDigests(), "0"),
            works);
    generations =
        new Generations(
            planner,
            works,
            new Admission(works, tasks, new WorkerChecks(workers), accepted),
            tasks);
  }

  @AfterEach
  void stop() {
    generations.stop();
    outbox.close();
  }

  /** Keeps what it hears. */
  private static final class Waiter implements GenerationListener {

    private final List<GenerationEvent> events = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Optional<GenerationError>> end = new CompletableFuture<>();

    @Override
    public void onEvent(GenerationEvent event) {
      events.add(event);
    }

    @Override
    public void onEnd(Optional<GenerationError> error) {
      end.complete(error);
    }

    Optional<ErrorCode> ended() throws Exception {
      return end.get(30, TimeUnit.SECONDS).map(GenerationError::getCode);
    }

    long images() {
      return events.stream().filter(GenerationEvent::hasImage).count();
    }
  }

  private static GenerationRequest.Builder request(String id) {
    return GenerationRequest.newBuilder()
        .setRequestId(id)
        .setTenant("us")
        .setPrompt("a red circle");
  }

  private Generation submit(GenerationRequest.Builder request, GenerationListener listener) {
    return generations.submit(request.build(), null, listener);
  }

  private static GenerationResult image(Generation generation, int index) {
    return GenerationResult.newBuilder()
        .setWorkId(generation.plan().workId())
        .setRequestId(generation.plan().header().getRequestId())
        .setImageIndex(index)
        .setImage(Image.newBuilder().setIndex(index).setPng(ByteString.copyFromUtf8("png")))
        .build();
  }

  @Test
  void submit_takesNothingBeforeRepliesAreRead() {
    assertThatThrownBy(() -> submit(request("early"), new Waiter()))
        .isInstanceOf(NotReadyException.class);
  }

  @Test
  void twoWhoAskTheSame_waitForOneWork() throws Exception {
    generations.open();
    Waiter first = new Waiter();
    Waiter second = new Waiter();
    try (TopicReader tasks = new TopicReader(kafka, FIRST_TOPIC)) {
      Generation generation = submit(request("shared").setN(2), first);
      assertThat(submit(request("shared").setN(2), second)).isSameAs(generation);

      generations.onResult(image(generation, 1));
      generations.onResult(image(generation, 0));

      assertThat(first.ended()).isEmpty();
      assertThat(second.ended()).isEmpty();
      assertThat(List.of(first.images(), second.images())).containsExactly(2L, 2L);
      assertThat(tasks.during(A_WHILE)).hasSize(2);
    }
  }

  @Test
  void anotherContentUnderALabelInUse_isRefused() {
    generations.open();
    submit(request("label"), new Waiter());

    assertThatThrownBy(() -> submit(request("label").setSeed(5), new Waiter()))
        .isInstanceOfSatisfying(
            RequestException.class,
            e -> assertThat(e.toError().getCode()).isEqualTo(ErrorCode.ALREADY_EXISTS));
  }

  /** Who joins while the first tasks are written hears of it if they are not. */
  @Test
  void workThatCannotBeWritten_endsForThoseWhoJoinedMeanwhile() throws Exception {
    generations.open();
    outbox.close();
    Waiter joined = new Waiter();
    GenerationListener first = hearing(event -> submit(request("unwritten"), joined));

    assertThatThrownBy(() -> submit(request("unwritten"), first))
        .isInstanceOf(RuntimeException.class);

    assertThat(joined.ended()).contains(ErrorCode.INTERNAL);
  }

  private static GenerationListener hearing(Consumer<GenerationEvent> onEvent) {
    return new GenerationListener() {
      @Override
      public void onEvent(GenerationEvent event) {
        onEvent.accept(event);
      }

      @Override
      public void onEnd(Optional<GenerationError> error) {}
    };
  }

  @Test
  void aRequest_endsAtItsDeadline() throws Exception {
    generations.open();
    Waiter waiter = new Waiter();

    submit(request("late").setTimeout(Duration.newBuilder().setNanos(50_000_000)), waiter);

    assertThat(waiter.ended()).contains(ErrorCode.DEADLINE_EXCEEDED);
  }

  /** A timer of seven days must not hold what a request came with. */
  @Test
  void aRequestThatIsOver_isHeldByNoTimer() throws Exception {
    generations.open();
    WeakReference<Generation> over = endedBeforeItsTime();

    for (int i = 0; i < 200 && over.get() != null; i++) {
      System.gc();
      Thread.sleep(10);
    }

    assertThat(over.get()).isNull();
  }

  private WeakReference<Generation> endedBeforeItsTime() throws Exception {
    Waiter waiter = new Waiter();
    Generation generation =
        submit(request("week").setTimeout(Duration.newBuilder().setSeconds(7 * 86_400)), waiter);
    generations.onResult(image(generation, 0));
    assertThat(waiter.ended()).isEmpty();
    return new WeakReference<>(generation);
  }

  @Test
  void cancel_isWrittenForAllAndEndsWhatWasThereBefore() throws Exception {
    generations.open();
    Waiter waiter = new Waiter();
    Waiter others = new Waiter();
    try (TopicReader control = new TopicReader(kafka, Topics.CONTROL)) {
      submit(request("cancelled"), waiter);
      submit(request("cancelled").setTenant("them"), others);

      generations.cancel(
          CancelRequest.newBuilder().setTenant("us").setRequestId("cancelled").build());
      CancelWork cancel = ControlCommand.parseFrom(control.next().value()).getCancel();
      generations.onCancelled(cancel);

      assertThat(waiter.ended()).contains(ErrorCode.CANCELLED);
      assertThat(others.end).isNotDone();
      assertThat(cancel.getLabel())
          .isEqualTo(Label.newBuilder().setTenant("us").setRequestId("cancelled").build());
    }
  }

  @Test
  void onCancelled_leavesWhatWasAcceptedAfterwards() {
    generations.open();
    Waiter waiter = new Waiter();
    submit(request("younger"), waiter);

    generations.onCancelled(
        CancelWork.newBuilder()
            .setLabel(Label.newBuilder().setTenant("us").setRequestId("younger"))
            .setAt(Timestamps.fromMillis(System.currentTimeMillis() - 60_000))
            .build());

    assertThat(waiter.end).isNotDone();
  }

  @Test
  void leave_endsTheWorkWithItsLastCallerIfTheRequestSaysSo() throws Exception {
    generations.open();
    Waiter first = new Waiter();
    Waiter second = new Waiter();
    try (TopicReader control = new TopicReader(kafka, Topics.CONTROL)) {
      Generation generation = submit(request("left").setCancelOnDisconnect(true), first);
      submit(request("left").setCancelOnDisconnect(true), second);

      generations.leave(generation, first);
      assertThat(control.during(A_WHILE)).isEmpty();
      generations.leave(generation, second);

      CancelWork cancel = ControlCommand.parseFrom(control.next().value()).getCancel();
      assertThat(cancel.getWorkId()).isEqualTo(generation.plan().workId());
    }
  }

  // ---- how replies arrive

  private static void write(KafkaProducer<byte[], byte[]> producer, String topic, byte[] value)
      throws Exception {
    producer.send(new ProducerRecord<>(topic, value)).get();
  }

  @Test
  void replies_reachWhoWaitsWhateverElseLiesOnTheTopicsAndWhoeverFails() throws Exception {
    Waiter waiter = new Waiter();
    try (ReplyListener replies =
            new ReplyListener(kafka.settings(), generations, workers, accepted);
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(
                kafka.settings(), new ByteArraySerializer(), new ByteArraySerializer())) {
      while (!replies.isReady()) {
        Thread.sleep(10);
      }
      GenerationListener failing =
          hearing(
              event -> {
                if (event.hasImage()) {
                  throw new IllegalStateException("the call is over");
                }
              });
      Generation generation = submit(request("replies").setN(2), failing);
      submit(request("replies").setN(2), waiter);

      for (String topic : List.of(Topics.RESULTS, Topics.EVENTS, Topics.CONTROL, Topics.STATUS)) {
        write(producer, topic, new byte[] {(byte) 0xff, 1, 2, 3});
        write(producer, topic, null);
      }
      write(producer, Topics.RESULTS, image(generation, 0).toByteArray());
      write(producer, Topics.RESULTS, image(generation, 0).toByteArray());
      write(producer, Topics.RESULTS, image(generation, 1).toByteArray());

      assertThat(waiter.ended()).isEmpty();
      assertThat(waiter.images()).isEqualTo(2);
    }
  }
}
