package dev.sluice.stage;

import dev.sluice.contract.Pool;
import dev.sluice.contract.Pools;
import dev.sluice.contract.v1.Stage;
import java.util.List;

/** The pools that a process is told of. */
public final class StagePools {

  private StagePools() {}

  /**
   * All of them.
   *
   * @throws IllegalArgumentException if the settings cannot be read
   */
  public static Pools of(StageConfig settings) {
    return Pools.of(settings.pools().orElse(List.of()));
  }

  /**
   * The one that a worker joins.
   *
   * @throws IllegalArgumentException if its stage has no such pool
   */
  public static Pool own(StageConfig settings, Stage stage) {
    return of(settings).named(stage, settings.pool().orElse(""));
  }
}
