package dev.sluice.pipeline.model;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Holds what was opened while something is put together, and closes it again, the latest first,
 * unless all went well.
 */
public final class Closer implements AutoCloseable {

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  /** Notes what was opened; null is nothing. */
  public <T extends AutoCloseable> T opened(T resource) {
    if (resource != null) {
      opened.push(resource);
    }
    return resource;
  }

  /** All went well: whoever was put together owns what was opened. */
  public void handOver() {
    opened.clear();
  }

  @Override
  public void close() {
    for (AutoCloseable resource : opened) {
      try {
        resource.close();
      } catch (Exception e) {
        // What led here is what will be told.
      }
    }
  }
}
