package dev.sluice.serving;

import dev.sluice.pipeline.model.StageEngine;

/**
 * An engine that stays loaded, with the memory for one task's work, until this is closed; and with
 * the stamp of the files that it was made from.
 */
public final class Lease<E extends StageEngine> implements AutoCloseable {

  private final E engine;
  private final String stamp;
  private final Runnable release;

  Lease(E engine, String stamp, Runnable release) {
    this.engine = engine;
    this.stamp = stamp;
    this.release = release;
  }

  public E engine() {
    return engine;
  }

  /** Which files the engine was made from. */
  public String stamp() {
    return stamp;
  }

  @Override
  public void close() {
    release.run();
  }
}
