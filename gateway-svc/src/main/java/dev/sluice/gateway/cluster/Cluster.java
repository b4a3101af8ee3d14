package dev.sluice.gateway.cluster;

import dev.sluice.contract.Pool;
import dev.sluice.contract.Pools;
import dev.sluice.contract.v1.ModelWork;
import dev.sluice.contract.v1.StageStatus;
import dev.sluice.stage.status.StatusBoard;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;

/** The pools of every stage as they are now: what waits, and who works. */
public final class Cluster {

  private final Pools pools;
  private final StatusBoard workers;
  private final Function<Pool, OptionalLong> tasks;

  /**
   * @param tasks that wait or are in work for a pool; empty where it is not known
   */
  public Cluster(Pools pools, StatusBoard workers, Function<Pool, OptionalLong> tasks) {
    this.pools = pools;
    this.workers = workers;
    this.tasks = tasks;
  }

  /**
   * One pool.
   *
   * @param waiting tasks that nobody has taken yet; empty where it is not known
   * @param inWork tasks that its workers say they have
   * @param workers that live
   */
  public record PoolState(
      Pool pool, OptionalLong waiting, long inWork, List<StageStatus> workers) {}

  /** All of them, in the order in which pictures pass their stages. */
  public List<PoolState> pools() {
    List<StageStatus> all = workers.workers();
    return pools.all().stream().map(pool -> state(pool, all)).toList();
  }

  private PoolState state(Pool pool, List<StageStatus> all) {
    List<StageStatus> own =
        all.stream()
            .filter(one -> one.getStage() == pool.stage() && one.getPool().equals(pool.name()))
            .toList();
    long inWork =
        own.stream()
            .flatMap(one -> one.getWorkList().stream())
            .mapToLong(ModelWork::getTasksInWork)
            .sum();
    OptionalLong known = tasks.apply(pool);
    // Workers tell every few seconds, so that for a moment they can have more than there is.
    OptionalLong waiting =
        known.isPresent()
            ? OptionalLong.of(Math.max(0, known.getAsLong() - inWork))
            : OptionalLong.empty();
    return new PoolState(pool, waiting, inWork, own);
  }
}
