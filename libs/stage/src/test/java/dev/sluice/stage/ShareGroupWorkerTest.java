package dev.sluice.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.contract.RecordHeaders;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.UpscalerResult;
import dev.sluice.contract.v1.UpscalerTask;
import dev.sluice.stage.ShareGroupWorker.Disposition;
import dev.sluice.stage.ShareGroupWorker.RecordHandler;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@ExtendWith(KafkaForTests.class)
@Execution(ExecutionMode.CONCURRENT)
class ShareGroupWorkerTest {

  private static final Duration GRACE = Duration.ofSeconds(10);

  private final KafkaForTests.Address kafka;
  private StageRig<UpscalerTask, UpscalerResult> rig;

  /** What was delivered, in order: the record's value and its delivery count. */
  private final BlockingQueue<String> deliveries = new LinkedBlockingQueue<>();

  ShareGroupWorkerTest(KafkaForTests.Address kafka) {
    this.kafka = kafka;
  }

  @BeforeEach
  void setUp(@TempDir Path blobs) {
    rig = new StageRig<>(kafka, StageProtocol.UPSCALER, blobs);
  }

  @AfterEach
  void tearDown() throws Exception {
    rig.close();
  }

  @Test
  void work_isDoneInAsManySlotsAsThereShallBe() throws Exception {
    CountDownLatch together = new CountDownLatch(2);
    ShareGroupWorker worker =
        rig.work(
            2,
            (record, stopping) -> {
              together.countDown();
              await(together);
              return noted(record);
            });
    write("a", "b");

    assertThat(List.of(next(), next())).containsExactlyInAnyOrder("a 1", "b 1");
    assertThat(worker.isReady()).isTrue();
  }

  @Test
  void work_longerThanTheLockIsDeliveredOnce() throws Exception {
    RecordHandler slow =
        (record, stopping) -> {
          sleep(StageRig.LOCK.multipliedBy(2));
          return noted(record);
        };
    rig.work(1, slow);
    rig.work(1, slow);
    write("long");

    assertThat(next()).isEqualTo("long 1");
    assertThat(deliveries.poll(3 * StageRig.LOCK.toMillis() / 2, TimeUnit.MILLISECONDS)).isNull();
  }

  @Test
  void record_ofAKilledProcessGoesToAnotherWorker() throws Exception {
    write(WorkerProcess.ENDLESS);
    try (WorkerProcess process = new WorkerProcess(kafka, rig)) {
      assertThat(process.tells()).isEqualTo("takes endless 1");
      rig.work(1, (record, stopping) -> noted(record));
      assertThat(deliveries.poll(3 * StageRig.LOCK.toMillis() / 2, TimeUnit.MILLISECONDS))
          .as("a living worker keeps its record")
          .isNull();
    }

    assertThat(next()).isEqualTo("endless 2");
  }

  @Test
  void record_ofASuspendedProcessGoesToAnotherWorker() throws Exception {
    write(WorkerProcess.ENDLESS);
    try (WorkerProcess process = new WorkerProcess(kafka, rig)) {
      assertThat(process.tells()).isEqualTo("takes endless 1");
      process.suspend();
      ShareGroupWorker other = rig.work(1, (record, stopping) -> noted(record));
      assertThat(next()).isEqualTo("endless 2");
      other.close();

      process.resume();

      assertThat(process.tells()).isEqualTo("stops endless");
      write("next");
      assertThat(process.tells()).isEqualTo("takes next 1");
    }
  }

  @Test
  void work_thatEndsAfterItsLockWasLostDoesNoHarm() throws Exception {
    write(WorkerProcess.DEAF);
    try (WorkerProcess process = new WorkerProcess(kafka, rig)) {
      assertThat(process.tells()).isEqualTo("takes deaf 1");
      process.suspend();
      ShareGroupWorker other = rig.work(1, (record, stopping) -> noted(record));
      assertThat(next()).isEqualTo("deaf 2");
      other.close();

      process.resume();

      assertThat(process.tells()).isEqualTo("done deaf");
      write("next");
      assertThat(process.tells()).isEqualTo("takes next 1");
    }
  }

  @Test
  void record_thatIsNeverAcknowledgedGoesToAnotherWorker() throws Exception {
    write("forgotten");
    try (KafkaShareConsumer<byte[], byte[]> silent = consumer()) {
      take(silent);
      rig.work(1, (record, stopping) -> noted(record));

      assertThat(next()).isEqualTo("forgotten 2");
    }
  }

  @Test
  void handler_thatThrowsGetsTheRecordAgain() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    rig.work(
        1,
        (record, stopping) -> {
          if (attempts.incrementAndGet() == 1) {
            throw new IllegalStateException("no handler should do this");
          }
          return noted(record);
        });
    write("x");

    assertThat(next()).isEqualTo("x 2");
  }

  @Test
  void task_thatKillsEveryWorkerEndsAsAnErrorForItsClient() {
    TopicReader results = rig.results();
    TopicReader letters = rig.deadLetters();
    UpscalerTask task = Tasks.upscalerTask();
    rig.write(task);
    try (KafkaShareConsumer<byte[], byte[]> dying = consumer()) {
      for (int attempt = 1; attempt <= GroupSetup.MAX_ATTEMPTS; attempt++) {
        dying.acknowledge(take(dying), AcknowledgeType.RELEASE);
        dying.commitSync();
      }
    }
    AtomicInteger runs = new AtomicInteger();
    rig.work(
        (last, context) -> {
          runs.incrementAndGet();
          return Tasks.upscale(last, context);
        });

    assertThat(results.result(task.getHeader().getRequestId()).getError().getCode())
        .isEqualTo(ErrorCode.INTERNAL);
    assertThat(TopicReader.header(letters.next(), RecordHeaders.ERROR))
        .startsWith("failed 9 times: its workers ended");
    assertThat(runs).hasValue(0);
  }

  @Test
  void record_thatNobodyEverAnswersForIsTheBrokersDeadLetter() {
    TopicReader letters = rig.deadLetters();
    write("hopeless");
    try (KafkaShareConsumer<byte[], byte[]> dying = consumer()) {
      for (int delivery = 1; delivery <= GroupSetup.DELIVERY_LIMIT; delivery++) {
        dying.acknowledge(take(dying), AcknowledgeType.RELEASE);
        dying.commitSync();
      }
    }

    assertThat(value(letters.next())).isEqualTo("hopeless");
  }

  @Test
  void close_waitsForWorkThatIsNearlyDone() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    ShareGroupWorker leaving =
        rig.work(
            1,
            (record, stopping) -> {
              begun.countDown();
              sleep(Duration.ofMillis(700));
              return noted(record);
            });
    write("nearly done");
    await(begun);

    leaving.close(GRACE);

    assertThat(deliveries.poll()).isEqualTo("nearly done 1");
    rig.work(1, (record, stopping) -> noted(record));
    write("next");
    assertThat(next()).as("what was done is not delivered again").isEqualTo("next 1");
  }

  @Test
  void close_givesBackTheTasksInWork() throws Exception {
    TopicReader results = rig.results();
    UpscalerTask task = Tasks.upscalerTask();
    CountDownLatch begun = new CountDownLatch(1);
    ShareGroupWorker leaving =
        rig.work(
            (given, context) -> {
              for (int step = 0; ; step++) {
                context.progress(step, Integer.MAX_VALUE);
                begun.countDown();
                sleep(Duration.ofMillis(10));
              }
            });
    rig.write(task);
    await(begun);

    long start = System.nanoTime();
    leaving.close(GRACE);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(GRACE);
    rig.work(Tasks::upscale);

    assertThat(results.result(task.getHeader().getRequestId()).hasImage()).isTrue();
    assertThat(rig.count("sluice.stage.redeliveries")).isEqualTo(1);
  }

  @Test
  void close_givesBackWorkThatTakesNoNotice() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    ShareGroupWorker leaving =
        rig.work(
            1,
            (record, stopping) -> {
              begun.countDown();
              sleep(Duration.ofMinutes(10));
              return Disposition.DONE;
            });
    write("deaf");
    await(begun);

    leaving.close(Duration.ofMillis(300));
    rig.work(1, (record, stopping) -> noted(record));

    assertThat(next()).isEqualTo("deaf 2");
  }

  @Test
  void nothing_isLostWhileWorkersComeAndGo() {
    TopicReader results = rig.results();
    List<UpscalerTask> tasks = IntStream.range(0, 24).mapToObj(i -> Tasks.upscalerTask()).toList();
    Stage<UpscalerTask, UpscalerResult> slow =
        (task, context) -> {
          for (int step = 0; step < 10; step++) {
            context.progress(step, 10);
            sleep(Duration.ofMillis(10));
          }
          return Tasks.upscale(task, context);
        };
    ShareGroupWorker first = rig.work(slow);
    ShareGroupWorker second = rig.work(slow);
    tasks.forEach(rig::write);
    results.await(3, record -> isOf(tasks, record));
    first.close();
    rig.work(slow);
    results.await(8, record -> isOf(tasks, record));
    second.close();

    for (UpscalerTask task : tasks) {
      String id = task.getHeader().getRequestId();
      assertThat(results.result(id).getImage().getPng().toStringUtf8())
          .isEqualTo("png of " + id + "/0");
    }
    Map<String, Long> keys =
        results.during(Duration.ZERO).stream()
            .filter(record -> isOf(tasks, record))
            .collect(
                Collectors.groupingBy(
                    record -> new String(record.key(), StandardCharsets.UTF_8),
                    Collectors.counting()));
    assertThat(keys.keySet()).as("a repeated task writes under the same key").hasSize(tasks.size());
  }

  @Test
  void new_refusesToHaveNoSlots() {
    assertThatThrownBy(() -> rig.work(0, (record, stopping) -> Disposition.DONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 1 slot");
  }

  private static boolean isOf(List<UpscalerTask> tasks, ConsumerRecord<byte[], byte[]> record) {
    String request = TopicReader.result(record).getRequestId();
    return tasks.stream().anyMatch(task -> task.getHeader().getRequestId().equals(request));
  }

  private void write(String... values) {
    for (String value : values) {
      rig.write(null, value.getBytes(StandardCharsets.UTF_8), null);
    }
  }

  private KafkaShareConsumer<byte[], byte[]> consumer() {
    Map<String, Object> settings = new HashMap<>(kafka.settings());
    settings.put("group.id", rig.group());
    settings.put("share.acknowledgement.mode", "explicit");
    KafkaShareConsumer<byte[], byte[]> consumer =
        new KafkaShareConsumer<>(
            settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    consumer.subscribe(List.of(rig.topic()));
    return consumer;
  }

  private static ConsumerRecord<byte[], byte[]> take(KafkaShareConsumer<byte[], byte[]> consumer) {
    long end = System.nanoTime() + TopicReader.PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
        return record;
      }
    }
    throw new AssertionError("no record came");
  }

  private Disposition noted(ConsumerRecord<byte[], byte[]> record) {
    deliveries.add(value(record) + " " + record.deliveryCount().orElseThrow());
    return Disposition.DONE;
  }

  private String next() throws InterruptedException {
    return deliveries.poll(TopicReader.PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  private static String value(ConsumerRecord<byte[], byte[]> record) {
    return new String(record.value(), StandardCharsets.UTF_8);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(TopicReader.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void sleep(Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
