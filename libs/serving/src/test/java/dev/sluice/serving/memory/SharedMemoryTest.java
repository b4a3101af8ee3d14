package dev.sluice.serving.memory;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import dev.sluice.contract.v1.MemoryStatus;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.StageStatus;
import dev.sluice.stage.process.Machine;
import dev.sluice.stage.status.Neighbours;
import dev.sluice.stage.status.StatusBoard;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SharedMemoryTest {

  private static final long GIB = 1L << 30;

  private final StatusBoard board = new StatusBoard();
  private long available = 4 * GIB;
  private long now = 1;
  private int changes;
  private final SharedMemory memory = new SharedMemory(() -> available, () -> now, () -> changes++);

  @BeforeEach
  void meet() {
    memory.meet(new Neighbours(board, Stage.PRIOR, "self"));
  }

  private void hear(Stage stage, String machine, long used, long wanted) {
    board.take(
        stage.name(),
        StageStatus.newBuilder()
            .setStage(stage)
            .setWorker(stage.name())
            .setValidFor(Durations.fromSeconds(60))
            .setMemory(
                MemoryStatus.newBuilder().setMachine(machine).setUsed(used).setWanted(wanted))
            .build());
  }

  private boolean askFor(Duration time) {
    boolean worthIt = memory.ask(8 * GIB);
    for (long end = now + time.toNanos(); now < end; ) {
      now += Duration.ofMillis(100).toNanos();
      worthIt = memory.ask(8 * GIB);
    }
    return worthIt;
  }

  @Test
  void ask_isInVainWhereNobodyElseIsOnTheMachine() {
    assertThat(memory.ask(8 * GIB)).isFalse();
    hear(Stage.DENOISER, "another machine", 0, 0);

    assertThat(memory.ask(8 * GIB)).isFalse();
    assertThat(memory.wanted()).isZero();
  }

  @Test
  void ask_isWorthWaitingForAsLongAsNeighboursWork() {
    hear(Stage.DENOISER, Machine.name(), GIB, 0);
    assertThat(askFor(Duration.ofMinutes(2))).isTrue();

    hear(Stage.DENOISER, Machine.name(), 0, 0);
    assertThat(askFor(Duration.ofSeconds(10))).isTrue();
    assertThat(askFor(SharedMemory.PATIENCE)).isFalse();
  }

  @Test
  void wanted_isToldOnceAndEndsWithTheAsking() {
    hear(Stage.DENOISER, Machine.name(), GIB, 0);
    memory.ask(8 * GIB);
    memory.ask(8 * GIB);
    assertThat(memory.wanted()).isGreaterThan(8 * GIB);
    assertThat(changes).isEqualTo(1);

    memory.settled();
    assertThat(memory.wanted()).isZero();
    assertThat(changes).isEqualTo(2);

    memory.ask(8 * GIB);
    now += Duration.ofSeconds(1).toNanos();
    assertThat(memory.wanted()).as("who asked is gone").isZero();
  }

  @Test
  void isWantedByOthers_asLongAsTheyHaveLess() {
    assertThat(memory.isWantedByOthers()).isFalse();
    hear(Stage.DENOISER, Machine.name(), 0, 5 * GIB);
    assertThat(memory.isWantedByOthers()).isTrue();
    available = 5 * GIB;
    assertThat(memory.isWantedByOthers()).isFalse();
  }

  @Test
  void isWantedByOthers_ofLaterStagesOnlyWhileThisOneWaitsToo() {
    hear(Stage.TEXT_ENCODER, Machine.name(), GIB, 5 * GIB);
    assertThat(memory.isWantedByOthers()).isTrue();
    memory.ask(8 * GIB);
    assertThat(memory.isWantedByOthers()).isFalse();

    hear(Stage.DENOISER, Machine.name(), 0, 5 * GIB);
    assertThat(memory.isWantedByOthers()).isTrue();
  }
}
