package dev.sluice.stage.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.contract.RecordHeaders;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.Task;
import dev.sluice.stage.kafka.ShareGroupWorker.Disposition;
import dev.sluice.stage.rig.Deliveries;
import dev.sluice.stage.rig.KafkaForTests;
import dev.sluice.stage.rig.StageRig;
import dev.sluice.stage.rig.Tasks;
import dev.sluice.stage.rig.TopicReader;
import dev.sluice.stage.work.StageWork;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
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
  private final Deliveries deliveries = new Deliveries();
  private StageRig rig;

  ShareGroupWorkerTest(KafkaForTests.Address kafka) {
    this.kafka = kafka;
  }

  @BeforeEach
  void setUp(@TempDir Path blobs) {
    rig = new StageRig(kafka, Stage.UPSCALER, blobs);
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
              return deliveries.note(record);
            });
    rig.write("a");
    rig.write("b");

    // On a busy machine a record may come a second time before its first slot has begun.
    assertThat(List.of(deliveries.next(), deliveries.next()))
        .extracting(delivery -> delivery.substring(0, 1))
        .containsExactlyInAnyOrder("a", "b");
    assertThat(worker.isReady()).isTrue();
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
          return deliveries.note(record);
        });
    rig.write("x");

    assertThat(deliveries.next()).isEqualTo("x 2");
  }

  @Test
  void task_thatKillsEveryWorkerEndsAsAnErrorForItsClient() {
    TopicReader results = rig.results();
    TopicReader letters = rig.deadLetters();
    Task task = Tasks.upscalerTask();
    rig.write(task);
    try (KafkaShareConsumer<byte[], byte[]> dying = rig.consumer()) {
      for (int attempt = 1; attempt <= GroupSetup.MAX_ATTEMPTS; attempt++) {
        dying.acknowledge(StageRig.take(dying), AcknowledgeType.RELEASE);
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
  void task_isDoneHoweverOftenItsWorkersHaveEnded() throws Exception {
    TopicReader results = rig.results();
    Task task = Tasks.upscalerTask();
    rig.write(task);
    try (KafkaShareConsumer<byte[], byte[]> leaving = rig.consumer()) {
      for (int attempt = 1; attempt < GroupSetup.MAX_ATTEMPTS; attempt++) {
        leaving.acknowledge(StageRig.take(leaving), AcknowledgeType.RELEASE);
        leaving.commitSync();
      }
    }
    CountDownLatch begun = new CountDownLatch(1);
    ShareGroupWorker last =
        rig.work(
            (given, context) -> {
              begun.countDown();
              for (int step = 0; ; step++) {
                context.progress(step, Integer.MAX_VALUE);
                Deliveries.sleep(Duration.ofMillis(10));
              }
            });
    await(begun);

    last.close();
    rig.work(Tasks::upscale);

    assertThat(results.result(task.getHeader().getRequestId()).hasImage()).isTrue();
  }

  @Test
  void record_thatNobodyEverAnswersForIsTheBrokersDeadLetter() {
    TopicReader letters = rig.deadLetters();
    rig.write("hopeless");
    try (KafkaShareConsumer<byte[], byte[]> dying = rig.consumer()) {
      for (int delivery = 1; delivery <= GroupSetup.DELIVERY_LIMIT; delivery++) {
        dying.acknowledge(StageRig.take(dying), AcknowledgeType.RELEASE);
        dying.commitSync();
      }
    }

    assertThat(Deliveries.value(letters.next())).isEqualTo("hopeless");
  }

  @Test
  void close_waitsForWorkThatIsNearlyDone() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    ShareGroupWorker leaving =
        rig.work(
            1,
            (record, stopping) -> {
              begun.countDown();
              Deliveries.sleep(Duration.ofMillis(700));
              return deliveries.note(record);
            });
    rig.write("nearly done");
    await(begun);

    leaving.close(GRACE);

    assertThat(deliveries.next(Duration.ZERO)).isEqualTo("nearly done 1");
    rig.work(1, deliveries);
    rig.write("next");
    assertThat(deliveries.next()).as("what was done is not delivered again").isEqualTo("next 1");
  }

  @Test
  void close_givesBackTheTasksInWork() throws Exception {
    TopicReader results = rig.results();
    Task task = Tasks.upscalerTask();
    CountDownLatch begun = new CountDownLatch(1);
    ShareGroupWorker leaving =
        rig.work(
            (given, context) -> {
              for (int step = 0; ; step++) {
                context.progress(step, Integer.MAX_VALUE);
                begun.countDown();
                Deliveries.sleep(Duration.ofMillis(10));
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
              Deliveries.sleep(Duration.ofMinutes(10));
              return Disposition.DONE;
            });
    rig.write("deaf");
    await(begun);

    leaving.close(Duration.ofMillis(300));
    rig.work(1, deliveries);

    assertThat(deliveries.next()).isEqualTo("deaf 2");
  }

  @Test
  void close_givesARecordBackWhenTheWorkOnItIsOver() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    AtomicBoolean over = new AtomicBoolean();
    AtomicBoolean overBefore = new AtomicBoolean();
    ShareGroupWorker leaving =
        rig.work(
            1,
            (record, hold) -> {
              begun.countDown();
              try {
                Thread.sleep(600_000);
              } catch (InterruptedException e) {
                Deliveries.sleep(Duration.ofMillis(1500));
              }
              over.set(true);
              return Disposition.RETRY;
            });
    rig.write("slow to end");
    await(begun);
    ShareGroupWorker.RecordHandler next =
        (record, hold) -> {
          overBefore.set(over.get());
          return deliveries.note(record);
        };
    rig.work(1, next);

    leaving.close(Duration.ofMillis(300));

    assertThat(deliveries.next()).isEqualTo("slow to end 2");
    assertThat(overBefore).as("nobody else may begin before").isTrue();
  }

  @Test
  void leaveSlot_letsAnotherRecordBeWorkedOnMeanwhile() throws Exception {
    CountDownLatch another = new CountDownLatch(1);
    rig.work(
        1,
        (record, hold) -> {
          if (Deliveries.value(record).equals("waits")) {
            Runnable resume = hold.leaveSlot();
            await(another);
            resume.run();
          } else {
            another.countDown();
          }
          return deliveries.note(record);
        });
    rig.write("waits");
    rig.write("goes on");

    assertThat(List.of(deliveries.next(), deliveries.next()))
        .containsExactlyInAnyOrder("waits 1", "goes on 1");
  }

  @Test
  void nothing_isLostWhileWorkersComeAndGo() {
    TopicReader results = rig.results();
    List<Task> tasks = IntStream.range(0, 24).mapToObj(i -> Tasks.upscalerTask()).toList();
    StageWork slow =
        (task, context) -> {
          for (int step = 0; step < 10; step++) {
            context.progress(step, 10);
            Deliveries.sleep(Duration.ofMillis(10));
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

    for (Task task : tasks) {
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

  private static boolean isOf(List<Task> tasks, ConsumerRecord<byte[], byte[]> record) {
    String request = TopicReader.result(record).getRequestId();
    return tasks.stream().anyMatch(task -> task.getHeader().getRequestId().equals(request));
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(TopicReader.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
