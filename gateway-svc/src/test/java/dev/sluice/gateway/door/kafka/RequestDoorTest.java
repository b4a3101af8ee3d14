package dev.sluice.gateway.door.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.sluice.catalog.ModelCatalog;
import dev.sluice.catalog.ModelDigests;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.GenerationResult;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.Task;
import dev.sluice.gateway.work.AcceptedWorks;
import dev.sluice.gateway.work.Admission;
import dev.sluice.gateway.work.TaskWriter;
import dev.sluice.gateway.work.WorkRegistry;
import dev.sluice.gateway.work.WorkerChecks;
import dev.sluice.planning.RoutePlanner;
import dev.sluice.planning.recipe.RecipeWriter;
import dev.sluice.stage.blob.FolderBlobStore;
import dev.sluice.stage.kafka.GroupSetup;
import dev.sluice.stage.kafka.Outbox;
import dev.sluice.stage.kafka.ShareGroupWorker.Disposition;
import dev.sluice.stage.kafka.ShareGroupWorker.Hold;
import dev.sluice.stage.rig.KafkaForTests;
import dev.sluice.stage.rig.TopicReader;
import dev.sluice.stage.status.StatusBoard;
import dev.sluice.stage.work.Payloads;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of requests on the topic while the blob store or the broker is away. */
@Timeout(60)
@ExtendWith(KafkaForTests.class)
class RequestDoorTest {

  /** Longer than the first pauses between attempts. */
  private static final Duration A_WHILE = Duration.ofSeconds(2);

  private final KafkaForTests.Address kafka;

  @TempDir private Path folder;

  private Path blobs;
  private final Held hold = new Held();

  RequestDoorTest(KafkaForTests.Address kafka) {
    this.kafka = kafka;
  }

  /** A worker that can be told to end. */
  private static final class Held implements Hold {

    private volatile boolean ending;

    @Override
    public boolean isEnding() {
      return ending;
    }

    @Override
    public boolean isLost() {
      return false;
    }

    @Override
    public Runnable leaveSlot() {
      return () -> {};
    }
  }

  @BeforeEach
  void makeTopics() throws Exception {
    blobs = folder.resolve("blobs");
    try (Admin admin = Admin.create(kafka.settings())) {
      for (String topic :
          List.of(
              Topics.tasks(Stage.TEXT_ENCODER),
              Topics.RESULTS,
              Topics.GENERATIONS,
              Topics.deadLetters(Topics.REQUESTS))) {
        try {
          admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
        } catch (ExecutionException e) {
          assertThat(e).hasCauseInstanceOf(TopicExistsException.class);
        }
      }
    }
  }

  private RequestDoor door(Outbox outbox) {
    FolderBlobStore store = new FolderBlobStore(blobs);
    Payloads payloads = new Payloads(store, 1 << 20);
    WorkRegistry works = new WorkRegistry(store, payloads, Duration.ofHours(1));
    RoutePlanner planner =
        new RoutePlanner(
            new ModelCatalog(Path.of(System.getProperty("sluice.goldens"))),
            "pipe-unclip",
            new RecipeWriter(new ModelDigests(), "0"),
            works);
    Admission admission =
        new Admission(
            works,
            new TaskWriter(outbox, payloads),
            new WorkerChecks(new StatusBoard()),
            new AcceptedWorks());
    return new RequestDoor(planner, works, admission, outbox);
  }

  /** A request that has no delivery left but this one. */
  private static ConsumerRecord<byte[], byte[]> lastDeliveryOf(String label) {
    byte[] request =
        GenerationRequest.newBuilder()
            .setRequestId(label)
            .setPrompt("a red circle")
            .setSeed(1)
            .build()
            .toByteArray();
    return new ConsumerRecord<>(
        Topics.REQUESTS,
        0,
        0,
        System.currentTimeMillis(),
        TimestampType.CREATE_TIME,
        label.length(),
        request.length,
        label.getBytes(StandardCharsets.UTF_8),
        request,
        new RecordHeaders(),
        Optional.empty(),
        Optional.of((short) GroupSetup.DELIVERY_LIMIT));
  }

  private CompletableFuture<Disposition> handled(RequestDoor door, String label) {
    return CompletableFuture.supplyAsync(() -> door.handle(lastDeliveryOf(label), hold));
  }

  private static boolean isOf(ConsumerRecord<byte[], byte[]> task, String label) {
    try {
      return Task.parseFrom(task.value()).getHeader().getRequestId().equals(label);
    } catch (InvalidProtocolBufferException e) {
      return false;
    }
  }

  @Test
  void aRequest_waitsUntilTheBlobStoreIsBackAndIsBegunOnce() throws Exception {
    Files.createFile(blobs);
    try (Outbox outbox = new Outbox(kafka.settings());
        TopicReader tasks = new TopicReader(kafka, Topics.tasks(Stage.TEXT_ENCODER));
        TopicReader results = new TopicReader(kafka, Topics.RESULTS);
        TopicReader letters = new TopicReader(kafka, Topics.deadLetters(Topics.REQUESTS))) {
      CompletableFuture<Disposition> end = handled(door(outbox), "store-away");
      assertThat(tasks.during(A_WHILE)).noneMatch(task -> isOf(task, "store-away"));
      assertThat(end).isNotDone();

      Files.delete(blobs);

      assertThat(end.get(30, TimeUnit.SECONDS)).isEqualTo(Disposition.DONE);
      assertThat(tasks.during(Duration.ofMillis(300)))
          .filteredOn(task -> isOf(task, "store-away"))
          .hasSize(1);
      assertThat(results.during(Duration.ofMillis(100)))
          .noneMatch(record -> label(record).equals("store-away"));
      assertThat(letters.during(Duration.ofMillis(100)))
          .noneMatch(letter -> new String(letter.key()).equals("store-away"));
    }
  }

  private static String label(ConsumerRecord<byte[], byte[]> result) {
    GenerationResult read = TopicReader.result(result);
    return read.getRequestId();
  }

  @Test
  void aRequest_goesBackWhenTheWorkerEndsWhileTheBlobStoreIsAway() throws Exception {
    Files.createFile(blobs);
    try (Outbox outbox = new Outbox(kafka.settings());
        TopicReader letters = new TopicReader(kafka, Topics.deadLetters(Topics.REQUESTS))) {
      CompletableFuture<Disposition> end = handled(door(outbox), "ended-meanwhile");
      Thread.sleep(500);
      assertThat(end).isNotDone();

      hold.ending = true;

      assertThat(end.get(10, TimeUnit.SECONDS)).isEqualTo(Disposition.RETRY);
      assertThat(letters.during(Duration.ofMillis(300)))
          .noneMatch(letter -> new String(letter.key()).equals("ended-meanwhile"));
    }
  }

  /** An address where nobody listens is a broker that is away. */
  @Test
  void aRequest_isNeitherLostNorRefusedWhileTheBrokerIsAway() throws Exception {
    int nobodys;
    try (ServerSocket free = new ServerSocket(0)) {
      nobodys = free.getLocalPort();
    }
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            "127.0.0.1:" + nobodys,
            "max.block.ms",
            200,
            "request.timeout.ms",
            200,
            "delivery.timeout.ms",
            400);
    try (Outbox outbox = new Outbox(settings)) {
      CompletableFuture<Disposition> end = handled(door(outbox), "broker-away");
      Thread.sleep(A_WHILE.toMillis());
      assertThat(end).isNotDone();

      hold.ending = true;

      assertThat(end.get(10, TimeUnit.SECONDS)).isEqualTo(Disposition.RETRY);
    }
  }
}
