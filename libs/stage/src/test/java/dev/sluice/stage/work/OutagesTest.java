package dev.sluice.stage.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.Task;
import dev.sluice.stage.rig.KafkaForTests;
import dev.sluice.stage.rig.StageRig;
import dev.sluice.stage.rig.Tasks;
import dev.sluice.stage.rig.TopicReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(KafkaForTests.class)
class OutagesTest {

  private static final Outages OUTAGES = new Outages(new Backoff(Duration.ZERO, Duration.ZERO));

  @TempDir private Path folder;

  @Test
  void outlast_triesUntilItIsOver() {
    AtomicInteger attempts = new AtomicInteger();

    String made =
        OUTAGES.outlast(
            "a task",
            () -> false,
            () -> {
              if (attempts.incrementAndGet() < 20) {
                throw new OutageException("the store is away", null);
              }
              return "made";
            });

    assertThat(made).isEqualTo("made");
    assertThat(attempts).hasValue(20);
  }

  @Test
  void outlast_endsWhenItIsToldToAndLeavesOtherFaultsToTheCaller() {
    assertThatThrownBy(
            () ->
                OUTAGES.outlast(
                    "a task",
                    () -> true,
                    () -> {
                      throw new OutageException("the store is away", null);
                    }))
        .isInstanceOf(StageStoppedException.class);
    assertThatThrownBy(
            () ->
                OUTAGES.outlast(
                    "a task",
                    () -> false,
                    () -> {
                      throw new IllegalStateException("a fault");
                    }))
        .hasMessage("a fault");
  }

  /** For longer than nine attempts would take; what was made is not made again. */
  @Test
  void task_isDoneOnceThoughTheBlobStoreIsAwayForLong(KafkaForTests.Address kafka)
      throws Exception {
    Path blobs = folder.resolve("blobs");
    try (StageRig rig = new StageRig(kafka, Stage.UPSCALER, blobs)) {
      TopicReader results = rig.results();
      AtomicInteger runs = new AtomicInteger();
      Task task = Tasks.upscalerTask();
      Files.createFile(blobs);
      rig.work(
          (given, context) -> {
            runs.incrementAndGet();
            return Tasks.upscale(given, context);
          });
      rig.write(task);

      assertThat(results.during(Duration.ofSeconds(4)))
          .as("results of this test's task; others write there as well")
          .noneMatch(
              record ->
                  TopicReader.result(record).getWorkId().equals(task.getHeader().getWorkId()));
      Files.delete(blobs);

      assertThat(results.result(task.getHeader().getRequestId()).hasImage()).isTrue();
      assertThat(runs).hasValue(1);
    }
  }
}
