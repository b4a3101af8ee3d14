package dev.sluice.pipeline.batch;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Work in a {@link StepBatcher}'s line, with what it asks next. */
final class StepJob {

  final NetworkWork work;
  final CompletableFuture<Void> done = new CompletableFuture<>();
  private final StepBatcher home;
  private StepBatcher asked;
  private List<Row> rows;
  private String signature;
  private long costOfRow;

  /**
   * @param home asked where the work names no other
   */
  StepJob(NetworkWork work, StepBatcher home) {
    this.work = work;
    this.home = home;
    this.asked = home;
  }

  /** Makes the rows of the next call; false when the job has ended, by itself or badly. */
  boolean prepare() {
    if (done.isDone()) {
      return false;
    }
    try {
      Optional<Ask> next = work.next();
      if (next.isEmpty()) {
        done.complete(null);
        return false;
      }
      asked = next.get().batcher().orElse(home);
      rows = next.get().rows();
      signature = rows.get(0).signature();
      for (Row row : rows) {
        // A caption and an empty prompt may differ in their number of tokens.
        if (!row.signature().equals(signature)) {
          throw new IllegalArgumentException(
              "the rows of one step must have equal shapes, found %s and %s"
                  .formatted(signature, row.signature()));
        }
      }
      costOfRow = asked.cost(rows.get(0));
      return true;
    } catch (RuntimeException | Error e) {
      done.completeExceptionally(e);
      return false;
    }
  }

  /** Whose network makes the next call. */
  StepBatcher asked() {
    return asked;
  }

  List<Row> rows() {
    return rows;
  }

  /** What jobs must have in common to share a call. */
  String signature() {
    return signature;
  }

  long costOfRow() {
    return costOfRow;
  }

  /** How much of the network's time the next call takes. */
  long cost() {
    return rows.size() * costOfRow;
  }
}
