package dev.sluice.trainer.lineage;

import java.io.IOException;
import java.util.List;

/** A comparison of the lineage. */
interface Claim {

  /** How the command calls it. */
  String name();

  /** The folders of the models that it samples; it trains others itself. */
  default List<String> models() {
    return List.of();
  }

  /** Whether there is something to see where no arm is trained. */
  default boolean goesWithoutArms() {
    return true;
  }

  /**
   * Runs it, and writes {@code NAME.md} and its sheets; with no steps of training, without arms.
   */
  void run(Setup setup) throws IOException;
}
