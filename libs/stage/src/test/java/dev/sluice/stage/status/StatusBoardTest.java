package dev.sluice.stage.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.ModelStatus;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.StageStatus;
import dev.sluice.stage.rig.Deliveries;
import dev.sluice.stage.rig.TopicReader;
import dev.sluice.stage.rig.ToyState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class StatusBoardTest {

  private long now = 1;
  private final StatusBoard board = new StatusBoard(() -> now);

  private static StageStatus status(Stage stage, ModelStatus... models) {
    return StageStatus.newBuilder()
        .setStage(stage)
        .setValidFor(Durations.fromSeconds(20))
        .addAllModels(List.of(models))
        .build();
  }

  private static ConsumerRecord<byte[], byte[]> record(String worker, byte[] value) {
    return new ConsumerRecord<>(
        Topics.STATUS, 0, 0, worker.getBytes(StandardCharsets.UTF_8), value);
  }

  private void hear(String worker, StageStatus status) {
    board.take(record(worker, status.toByteArray()));
  }

  @Test
  void workers_areThoseHeardOfLately() {
    hear("a", status(Stage.DENOISER));
    now += Duration.ofSeconds(15).toNanos();
    hear("b", status(Stage.DENOISER));
    assertThat(board.workers(Stage.DENOISER)).hasSize(2);

    now += Duration.ofSeconds(6).toNanos();
    assertThat(board.workers(Stage.DENOISER)).hasSize(1);
    assertThat(board.workers(Stage.PRIOR)).isEmpty();
  }

  @Test
  void workers_thatEndAreGoneAtOnce() {
    hear("a", status(Stage.DENOISER));
    board.take(record("a", null));

    assertThat(board.workers()).isEmpty();
  }

  @Test
  void take_passesOverWhatIsNoStatus() {
    board.take(record("a", new byte[] {(byte) 0xff, 1, 2}));

    assertThat(board.workers()).isEmpty();
  }

  @Test
  void at_isTheWorkersThatIsNearestToServing() {
    hear("a", status(Stage.DENOISER, ToyState.in(ModelStatus.State.LEFT_OUT)));
    assertThat(board.at(Stage.DENOISER, "sd15").orElseThrow().getWorkers()).isZero();
    hear("b", status(Stage.DENOISER, ToyState.in(ModelStatus.State.ON_DEMAND)));
    hear("c", status(Stage.DENOISER, ToyState.loading(1)));

    assertThat(board.at(Stage.DENOISER, "sd15").orElseThrow().getStatus())
        .isEqualTo(ToyState.loading(1));
    assertThat(board.at(Stage.DENOISER, "sd15").orElseThrow().getWorkers()).isEqualTo(2);
    assertThat(board.at(Stage.DENOISER, "sdxl")).isEmpty();
    assertThat(board.at(Stage.UPSCALER, "sd15")).isEmpty();
  }

  @Test
  void awaitNews_returnsWhenEveryWorkerOfTheStageWasHeardOf() throws InterruptedException {
    hear("a", status(Stage.DENOISER));
    hear("b", status(Stage.UPSCALER));

    assertThat(board.awaitNews(Stage.DENOISER, Duration.ofMillis(1))).isFalse();
    now++;
    CompletableFuture<Void> news =
        CompletableFuture.runAsync(
            () -> {
              Deliveries.sleep(Duration.ofMillis(50));
              now++;
              hear("a", status(Stage.DENOISER));
            });
    assertThat(board.awaitNews(Stage.DENOISER, TopicReader.PATIENCE)).isTrue();
    news.join();
  }
}
