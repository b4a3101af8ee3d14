package dev.sluice.scaler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.EmbeddedBroker;
import dev.sluice.contract.Pool;
import dev.sluice.contract.Pools;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.Task;
import dev.sluice.stage.kafka.Outbox;
import dev.sluice.stage.rig.KafkaForTests;
import dev.sluice.stage.rig.Tasks;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two pools of one stage, each for a model of its own, one of which is asleep. On a broker of their
 * own: what they leave there is others' work.
 */
class PoolsTest {

  private static final Pools POOLS = Pools.of(List.of("denoiser/large=sd3", "denoiser/small=*"));
  private static final Pool LARGE = POOLS.named(Stage.DENOISER, "large");
  private static final Pool SMALL = POOLS.named(Stage.DENOISER, "small");

  @Test
  void aPoolThatSleepsIsWokenByItsOwnWorkAlone(@TempDir Path folder) throws Exception {
    Path blobs = folder.resolve("blobs");
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"))) {
      run(new KafkaForTests.Address(broker.bootstrapServers()), blobs);
    }
  }

  private static void run(KafkaForTests.Address kafka, Path blobs) throws Exception {
    try (Outbox outbox = new Outbox(kafka.settings());
        ScalerRig scaler = new ScalerRig(kafka, POOLS);
        WorkerRig small = new WorkerRig(kafka, SMALL, outbox, blobs, new Semaphore(1_000_000))) {
      scaler.await(
          "known", () -> POOLS.all().stream().allMatch(p -> scaler.figures(p).isPresent()));

      write(outbox, "shapes");
      scaler.await("worked off", () -> small.tell() && small.models().size() == 1);
      scaler.await("told", () -> small.tell() && scaler.tasks(SMALL, 0, 0));
      assertThat(scaler.isActive("denoiser", "large")).as("nobody asked for it").isFalse();

      write(outbox, "sd3");
      write(outbox, "sd3");
      scaler.await("woken", () -> scaler.isActive("denoiser", "large"));
      scaler.await("both told", () -> scaler.tasks(LARGE, 2, 0));
      assertThat(scaler.seconds("denoiser", "large"))
          .isEqualTo(2.0 * ScalerRig.ASSUMED.toSeconds());
      assertThat(scaler.isActive("denoiser", "small")).isFalse();

      Semaphore mayEnd = new Semaphore(0);
      try (WorkerRig large = new WorkerRig(kafka, LARGE, outbox, blobs, mayEnd)) {
        write(outbox, "shapes");
        scaler.await("in work", () -> large.tell() && scaler.tasks(LARGE, 1, 1));
        scaler.await("the other as well", () -> small.models().size() == 2);
        mayEnd.release(2);
        scaler.await("done", () -> large.tell() && scaler.tasks(LARGE, 0, 0));
        assertThat(large.models()).containsExactly("sd3", "sd3");
      }
      assertThat(scaler.isActive("denoiser", "large")).as("asleep again").isFalse();
      assertThat(small.models()).containsExactly("shapes", "shapes");
    }
  }

  /** As the gateway plans. */
  private static void write(Outbox outbox, String model) {
    Task.Builder task = Tasks.denoiserTask(Topics.tasks(Stage.UPSCALER)).toBuilder();
    task.getHeaderBuilder().setModel(model);
    task.getStepBuilder().setWork(100);
    outbox.send(
        POOLS.serving(Stage.DENOISER, model).orElseThrow().topic(),
        task.getHeader().getImageId(),
        task.build(),
        null);
  }
}
