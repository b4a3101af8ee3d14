package dev.sluice.stage;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The requests that were cancelled lately. Their tasks may still wait in any queue, so ids are kept
 * for a while after the command.
 */
public final class CancelledRequests {

  private static final int KEPT = 10_000;

  private final Map<String, Boolean> ids =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
          return size() > KEPT;
        }
      };

  public synchronized void add(String requestId) {
    ids.put(requestId, true);
  }

  public synchronized boolean contains(String requestId) {
    return ids.containsKey(requestId);
  }
}
