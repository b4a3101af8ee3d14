package dev.sluice.stage.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.contract.v1.Stage;
import dev.sluice.stage.kafka.ShareGroupWorker.Disposition;
import dev.sluice.stage.rig.Deliveries;
import dev.sluice.stage.rig.KafkaForTests;
import dev.sluice.stage.rig.StageRig;
import dev.sluice.stage.rig.TopicReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(KafkaForTests.class)
class BacklogTest {

  @Test
  void records_areThoseThatWaitAndThoseInWork(KafkaForTests.Address kafka, @TempDir Path blobs)
      throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    Semaphore mayEnd = new Semaphore(0);
    try (StageRig rig = new StageRig(kafka, Stage.UPSCALER, blobs);
        Backlog backlog = new Backlog(kafka.settings(), rig.group(), rig.topic())) {
      for (int i = 0; i < 3; i++) {
        rig.write("task " + i);
      }
      assertBecomes("of a group that never had a member", backlog, 3);

      rig.work(
          1,
          (record, stopping) -> {
            begun.countDown();
            mayEnd.acquireUninterruptibly();
            return Disposition.DONE;
          });
      begun.await();
      assertBecomes("while the first task is in work", backlog, 3);
      mayEnd.release();
      assertBecomes("when the first task is done", backlog, 2);
      mayEnd.release(2);
      assertBecomes("when all is done", backlog, 0);
    }
  }

  @Test
  void records_areUnknownWithoutABroker() {
    Map<String, Object> nobody = Map.of("bootstrap.servers", "127.0.0.1:1");
    try (Backlog backlog = new Backlog(nobody, "group", "topic")) {
      long start = System.nanoTime();

      assertThat(backlog.records()).isNaN();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    }
  }

  /** A busy broker may need more than one question. */
  private static void assertBecomes(String when, Backlog backlog, double expected) {
    long end = System.nanoTime() + TopicReader.PATIENCE.toNanos();
    double found = backlog.records();
    while (found != expected && System.nanoTime() < end) {
      Deliveries.sleep(Duration.ofMillis(50));
      found = backlog.records();
    }
    assertThat(found).as(when).isEqualTo(expected);
  }
}
