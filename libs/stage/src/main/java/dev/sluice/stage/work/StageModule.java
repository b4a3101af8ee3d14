package dev.sluice.stage.work;

import dev.sluice.contract.v1.Stage;
import dev.sluice.stage.status.StageState;

/** What a service contributes: a bean of this type makes it a stage. */
public interface StageModule {

  /** Which stage this is. */
  Stage stage();

  /** What it tells of itself, before {@link #open} too. */
  StageState state();

  /** Begins to serve models; tasks come when this has returned. Called once. */
  StageWork open();
}
