package dev.sluice.pipeline.batch;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Work in a {@link StepBatcher}'s line, with the rows of its next step. */
final class StepJob {

  final NetworkWork work;
  final CompletableFuture<Void> done = new CompletableFuture<>();
  private List<Row> rows;
  private String signature;

  StepJob(NetworkWork work) {
    this.work = work;
  }

  /** Makes the rows of the next step; false when the job has ended, by itself or badly. */
  boolean prepare() {
    if (done.isDone()) {
      return false;
    }
    try {
      if (work.finished()) {
        done.complete(null);
        return false;
      }
      rows = work.rows();
      signature = rows.get(0).signature();
      for (Row row : rows) {
        // A caption and an empty prompt may differ in their number of tokens.
        if (!row.signature().equals(signature)) {
          throw new IllegalArgumentException(
              "the rows of one step must have equal shapes, found %s and %s"
                  .formatted(signature, row.signature()));
        }
      }
      return true;
    } catch (RuntimeException | Error e) {
      done.completeExceptionally(e);
      return false;
    }
  }

  List<Row> rows() {
    return rows;
  }

  /** What jobs must have in common to share a call. */
  String signature() {
    return signature;
  }

  long pixelsPerRow() {
    return rows.get(0).pixels();
  }

  /** How much of the network's time the next step takes, in pixels. */
  long cost() {
    return rows.size() * pixelsPerRow();
  }
}
