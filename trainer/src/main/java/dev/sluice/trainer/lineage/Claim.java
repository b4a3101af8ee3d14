package dev.sluice.trainer.lineage;

import java.io.IOException;

/** A comparison of the lineage. */
interface Claim {

  /** How the command calls it. */
  String name();

  /** Runs it, and writes {@code NAME.md} and its sheets. */
  void run(Setup setup) throws IOException;
}
