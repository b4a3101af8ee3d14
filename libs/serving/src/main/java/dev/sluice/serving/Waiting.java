package dev.sluice.serving;

import dev.sluice.stage.work.StageContext;

/** A task's waiting for its model, during which its slot is another's. */
final class Waiting {

  private final StageContext context;

  /** Takes a slot again; null while the task has one. */
  private Runnable resume;

  Waiting(StageContext context) {
    this.context = context;
  }

  /** Whether the task waits, from now on. */
  void is(boolean so) {
    if (so && resume == null) {
      resume = context.leaveSlot();
    } else if (!so && resume != null) {
      resume.run();
      resume = null;
    }
  }
}
