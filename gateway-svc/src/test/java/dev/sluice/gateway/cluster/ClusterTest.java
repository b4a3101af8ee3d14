package dev.sluice.gateway.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import dev.sluice.contract.Pool;
import dev.sluice.contract.Pools;
import dev.sluice.contract.v1.ModelWork;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.StageStatus;
import dev.sluice.gateway.cluster.Cluster.PoolState;
import dev.sluice.stage.status.StatusBoard;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ClusterTest {

  private final StatusBoard board = new StatusBoard();
  private final Map<String, Long> tasks = new HashMap<>();
  private final Cluster cluster =
      new Cluster(
          Pools.of(List.of("denoiser/large=sd3", "denoiser/small=*")),
          board,
          pool ->
              tasks.containsKey(pool.label())
                  ? OptionalLong.of(tasks.get(pool.label()))
                  : OptionalLong.empty());

  private void hear(String worker, Stage stage, String pool, int inWork) {
    board.take(
        worker,
        StageStatus.newBuilder()
            .setStage(stage)
            .setPool(pool)
            .setWorker(worker)
            .setValidFor(Durations.fromSeconds(60))
            .addWork(ModelWork.newBuilder().setModel("a").setTasksInWork(inWork))
            .addWork(ModelWork.newBuilder().setModel("b").setTasksInWork(1))
            .build());
  }

  private PoolState state(String label) {
    return cluster.pools().stream()
        .filter(state -> state.pool().label().equals(label))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void poolsOfEveryStage_inTheOrderOfTheirStages_alsoThoseThatSleep() {
    assertThat(cluster.pools())
        .extracting(PoolState::pool)
        .extracting(Pool::label)
        .containsExactly("text-encoder", "prior", "denoiser-large", "denoiser-small", "upscaler");
    assertThat(cluster.pools()).allSatisfy(state -> assertThat(state.workers()).isEmpty());
  }

  @Test
  void whatIsInWork_doesNotWait() {
    tasks.put("denoiser-small", 7L);
    hear("one", Stage.DENOISER, "small", 2);
    hear("two", Stage.DENOISER, "small", 1);
    hear("other", Stage.DENOISER, "large", 4);

    assertThat(state("denoiser-small").inWork()).isEqualTo(5);
    assertThat(state("denoiser-small").waiting()).hasValue(2);
    assertThat(state("denoiser-small").workers())
        .extracting(StageStatus::getWorker)
        .containsExactly("one", "two");
  }

  @Test
  void whatKafkaDoesNotSay_isNotTakenForNothing() {
    hear("one", Stage.DENOISER, "large", 2);

    assertThat(state("denoiser-large").waiting()).isEmpty();
    assertThat(state("denoiser-large").inWork()).isEqualTo(3);
  }

  @Test
  void workersThatTellOfMoreThanThereIs_leaveNothingWaiting() {
    tasks.put("denoiser-large", 1L);
    hear("one", Stage.DENOISER, "large", 2);

    assertThat(state("denoiser-large").waiting()).hasValue(0);
  }
}
