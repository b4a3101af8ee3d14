package dev.sluice.trainer.system;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Work of minutes or hours that can be ended between two steps, and gone on with later. */
public interface Stoppable {

  /** How long a process that is to end waits for the step in work and its save. */
  long SECONDS_TO_SAVE = 60;

  /** Ends after the step in work, which is saved. From any thread. */
  void stop();

  /**
   * Works.
   *
   * @return whether all is done, and not stopped before
   */
  boolean run() throws IOException;

  /** The same; on a signal the step in work is finished and saved before the process ends. */
  default boolean runUntilSignalled() throws IOException {
    CountDownLatch saved = new CountDownLatch(1);
    Thread hook =
        new Thread(
            () -> {
              stop();
              try {
                saved.await(SECONDS_TO_SAVE, TimeUnit.SECONDS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    Runtime.getRuntime().addShutdownHook(hook);
    boolean done = false;
    try {
      done = run();
      return done;
    } finally {
      saved.countDown();
      if (done) {
        Runtime.getRuntime().removeShutdownHook(hook);
      }
    }
  }
}
