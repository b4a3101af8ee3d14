package dev.sluice.scaler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.contract.Pool;
import dev.sluice.contract.Pools;
import dev.sluice.contract.Topics;
import dev.sluice.contract.keda.GetMetricsRequest;
import dev.sluice.contract.keda.MetricSpec;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.Task;
import dev.sluice.stage.kafka.Outbox;
import dev.sluice.stage.rig.KafkaForTests;
import dev.sluice.stage.rig.Tasks;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A stage's work from its topic to KEDA, with the real broker, a worker and gRPC between. */
@ExtendWith(KafkaForTests.class)
class AccountsTest {

  private static final double WORK = 1000;
  private static final double ASSUMED = ScalerRig.ASSUMED.toSeconds();
  private static final Pool DENOISER = Pool.whole(Stage.DENOISER);
  private static final Pool UPSCALER = Pool.whole(Stage.UPSCALER);

  @Test
  void work_isToldFromTheFirstTaskToTheLast(KafkaForTests.Address kafka, @TempDir Path blobs)
      throws Exception {
    try (Outbox outbox = new Outbox(kafka.settings());
        ScalerRig scaler = new ScalerRig(kafka, Pools.ONE_EACH)) {
      scaler.listen("denoiser");
      scaler.await("known", () -> scaler.figures(DENOISER).isPresent());
      assertThat(scaler.isActive("denoiser")).isFalse();
      assertThat(scaler.seconds("denoiser")).isZero();

      for (int i = 0; i < 3; i++) {
        write(outbox);
      }
      scaler.await("active", () -> scaler.isActive("denoiser"));
      scaler.await("all told", () -> scaler.tasks(DENOISER, 3, 0));
      assertThat(scaler.seconds("denoiser"))
          .as("nobody has ever done such a task")
          .isEqualTo(3 * ASSUMED);
      Figures waiting = scaler.figures(DENOISER).orElseThrow();
      assertThat(waiting.workWaiting()).isEqualTo(3 * WORK);
      assertThat(waiting.oldest()).isPositive();
      assertThat(scaler.isActive("upscaler")).isFalse();

      Semaphore mayEnd = new Semaphore(0);
      try (WorkerRig worker = new WorkerRig(kafka, DENOISER, outbox, blobs, mayEnd)) {
        scaler.await("one in work", () -> worker.tell() && scaler.tasks(DENOISER, 2, 1));
        assertThat(scaler.figures(DENOISER).orElseThrow().workInWork()).isEqualTo(WORK);
        mayEnd.release(3);
        scaler.await("worked off", () -> worker.tell() && scaler.tasks(DENOISER, 0, 0));
        scaler.await("measured", () -> scaler.figures(DENOISER).orElseThrow().rate() > 0);
      }
      assertThat(scaler.isActive("denoiser")).isFalse();
      assertThat(scaler.seconds("denoiser")).isZero();
      scaler.await("handed on", () -> scaler.tasks(UPSCALER, 3, 0));
      assertThat(scaler.seconds("upscaler"))
          .as("their work was not declared")
          .isEqualTo(3 * ASSUMED);

      write(outbox);
      write(outbox);
      scaler.await("again", () -> scaler.tasks(DENOISER, 2, 0));
      Figures before = scaler.figures(DENOISER).orElseThrow();
      assertThat(before.seconds()).isCloseTo(2 * WORK / before.rate(), within(1e-6));
      scaler.await("pushed", () -> scaler.changes().equals(List.of(false, true, false, true)));

      try (ScalerRig next = new ScalerRig(kafka, Pools.ONE_EACH)) {
        next.await("known again", () -> next.figures(DENOISER).isPresent());
        Figures after = next.figures(DENOISER).orElseThrow();
        assertThat(after.tasksWaiting()).isEqualTo(2);
        assertThat(after.workWaiting()).isEqualTo(before.workWaiting());
        assertThat(after.seconds()).isCloseTo(before.seconds(), within(1e-6));
        next.await("of all stages", () -> next.tasks(UPSCALER, 3, 0));
      }
    }
  }

  @Test
  void whatIsWrongIsTold(KafkaForTests.Address kafka) throws Exception {
    try (ScalerRig scaler = new ScalerRig(kafka, Pools.ONE_EACH)) {
      MetricSpec spec =
          scaler
              .stub
              .getMetricSpec(ScalerRig.object(Map.of("stage", "prior", "secondsPerReplica", "2.5")))
              .getMetricSpecs(0);

      assertThat(spec.getMetricName()).isEqualTo("sluice-prior-seconds");
      assertThat(spec.getTargetSizeFloat()).isEqualTo(2.5);
      assertThat(spec.getTargetSize()).isEqualTo(3);
      assertThatThrownBy(() -> scaler.isActive("decoder"))
          .isInstanceOf(StatusRuntimeException.class)
          .hasMessageContainingAll("INVALID_ARGUMENT", "decoder", "denoiser");
      assertThatThrownBy(
              () ->
                  scaler.stub.getMetrics(
                      GetMetricsRequest.newBuilder()
                          .setScaledObjectRef(ScalerRig.object(Map.of("stage", "prior")))
                          .setMetricName("s0-lag")
                          .build()))
          .hasMessageContainingAll("INVALID_ARGUMENT", "s0-lag", "sluice-prior-seconds");
    }
  }

  @Test
  void withoutABrokerThereAreNoFigures() throws Exception {
    try (ScalerRig scaler = new ScalerRig()) {
      assertThatThrownBy(() -> scaler.isActive("denoiser")).hasMessageContaining("UNAVAILABLE");
      assertThatThrownBy(() -> scaler.seconds("denoiser"))
          .hasMessageContainingAll("UNAVAILABLE", "Kafka does not answer");
    }
  }

  private static void write(Outbox outbox) {
    Task.Builder task = Tasks.denoiserTask(Topics.tasks(Stage.UPSCALER)).toBuilder();
    task.getStepBuilder().setWork(WORK);
    outbox.send(DENOISER.topic(), task.getHeader().getImageId(), task.build(), null);
  }
}
