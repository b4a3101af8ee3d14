package dev.sluice.scaler;

import com.google.protobuf.util.Timestamps;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.ModelWork;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.StageStatus;
import dev.sluice.contract.v1.WorkRate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How much a replica of a stage does in a second of a model's tasks, by what the replicas have
 * told: over the last ten minutes of their work, whenever that was. Safe for use by several
 * threads.
 */
final class Rates {

  /** Of more than so many seconds of work the older ones fade. */
  static final double REMEMBERED_SECONDS = 600;

  private record Key(Stage stage, String model) {
    @Override
    public String toString() {
      return Topics.name(stage) + "/" + model;
    }
  }

  private record Sum(double work, double seconds) {}

  private final long begin;
  private final Map<Key, Sum> sums = new HashMap<>();

  /** What each worker has told last, by model. */
  private final Map<String, Map<String, Sum>> told = new HashMap<>();

  private final Map<String, WorkRate> changed = new TreeMap<>();

  /**
   * @param begin when this process began, in milliseconds since 1970: what workers did before is
   *     known already
   */
  Rates(long begin) {
    this.begin = begin;
  }

  /** Takes what was kept by an earlier scaler. */
  synchronized void restore(WorkRate kept) {
    if (kept.getWork() > 0 && kept.getSeconds() > 0) {
      sums.put(
          new Key(kept.getStage(), kept.getModel()), new Sum(kept.getWork(), kept.getSeconds()));
    }
  }

  /**
   * Takes what a worker tells of itself.
   *
   * @param at when it did, in milliseconds since 1970
   */
  synchronized void learn(StageStatus status, long at) {
    boolean young = Timestamps.toMillis(status.getSince()) >= begin;
    Map<String, Sum> before = told.get(status.getWorker());
    Map<String, Sum> now = new HashMap<>();
    for (ModelWork model : status.getWorkList()) {
      Sum sum = new Sum(model.getWorkDone(), model.getSeconds());
      now.put(model.getModel(), sum);
      if (at >= begin && (before != null || young)) {
        Sum last =
            before == null ? new Sum(0, 0) : before.getOrDefault(model.getModel(), new Sum(0, 0));
        add(
            new Key(status.getStage(), model.getModel()),
            sum.work() - last.work(),
            sum.seconds() - last.seconds());
      }
    }
    told.put(status.getWorker(), now);
  }

  /** A worker has ended. */
  synchronized void forget(String worker) {
    told.remove(worker);
  }

  /** Forgets all workers but those that live. */
  synchronized void keepOnly(List<String> workers) {
    told.keySet().retainAll(workers);
  }

  private void add(Key key, double work, double seconds) {
    if (!(work > 0) || !(seconds > 0)) {
      return;
    }
    Sum before = sums.getOrDefault(key, new Sum(0, 0));
    double fading =
        before.seconds() + seconds > REMEMBERED_SECONDS
            ? Math.max(0, REMEMBERED_SECONDS - seconds) / before.seconds()
            : 1;
    Sum after = new Sum(before.work() * fading + work, before.seconds() * fading + seconds);
    sums.put(key, after);
    changed.put(
        key.toString(),
        WorkRate.newBuilder()
            .setStage(key.stage())
            .setModel(key.model())
            .setWork(after.work())
            .setSeconds(after.seconds())
            .build());
  }

  /** Row steps a second of a replica; NaN while none was measured. */
  synchronized double of(Stage stage, String model) {
    Sum sum = sums.get(new Key(stage, model));
    return sum == null ? Double.NaN : sum.work() / sum.seconds();
  }

  /** The same over all models, as they were asked for; NaN while none was measured. */
  synchronized double of(Stage stage) {
    double work = 0;
    double seconds = 0;
    for (Map.Entry<Key, Sum> one : sums.entrySet()) {
      if (one.getKey().stage() == stage) {
        work += one.getValue().work();
        seconds += one.getValue().seconds();
      }
    }
    return seconds > 0 ? work / seconds : Double.NaN;
  }

  /** What has changed since the last call, by key, to be kept. */
  synchronized Map<String, WorkRate> changes() {
    Map<String, WorkRate> changes = Map.copyOf(changed);
    changed.clear();
    return changes;
  }
}
