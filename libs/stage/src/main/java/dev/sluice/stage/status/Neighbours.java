package dev.sluice.stage.status;

import dev.sluice.contract.v1.MemoryStatus;
import dev.sluice.contract.v1.ModelStatus;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.StageStatus;
import dev.sluice.stage.process.Machine;
import java.util.Comparator;
import java.util.List;

/**
 * The workers that share this one's memory, of whatever stage. They tell each other what a request
 * waits for, and who does not use its weights lets go of them. Safe for use by several threads.
 */
public final class Neighbours {

  /**
   * Of two that wait for memory, the later stage goes first: what it ends with leaves room for all
   * before it.
   */
  private static final Comparator<StageStatus> FIRST =
      Comparator.comparingInt(StageStatus::getStageValue)
          .reversed()
          .thenComparing(StageStatus::getWorker);

  private final StatusBoard board;
  private final StageStatus self;

  /**
   * @param board what the workers tell
   * @param worker this one's name there
   */
  public Neighbours(StatusBoard board, Stage stage, String worker) {
    this.board = board;
    this.self =
        StageStatus.newBuilder()
            .setStage(stage)
            .setWorker(worker)
            .setMemory(MemoryStatus.newBuilder().setMachine(Machine.name()))
            .build();
  }

  /** Nobody. */
  public static Neighbours none() {
    return new Neighbours(new StatusBoard(), Stage.STAGE_UNSPECIFIED, "");
  }

  private List<StageStatus> all() {
    String machine = self.getMemory().getMachine();
    return board.workers().stream()
        .filter(worker -> !worker.getWorker().equals(self.getWorker()))
        .filter(worker -> worker.getMemory().getMachine().equals(machine))
        .toList();
  }

  /** Whether there are any. */
  public boolean exist() {
    return !all().isEmpty();
  }

  /** Whether any of them computes or loads, after which it may leave memory. */
  public boolean work() {
    return all().stream().anyMatch(Neighbours::works);
  }

  private static boolean works(StageStatus worker) {
    long weights = worker.getModelsList().stream().mapToLong(ModelStatus::getWeightBytes).sum();
    return worker.getMemory().getUsed() > weights;
  }

  /**
   * The memory that is to be free on the machine for those who wait for it, in bytes; 0 if nobody
   * does.
   *
   * @param waiting whether this worker waits as well; then only those count that go first
   */
  public long wanted(boolean waiting) {
    return all().stream()
        .filter(worker -> !waiting || FIRST.compare(worker, self) < 0)
        .map(StageStatus::getMemory)
        .mapToLong(MemoryStatus::getWanted)
        .max()
        .orElse(0);
  }
}
