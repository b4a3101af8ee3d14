package dev.sluice.stage.work;

import com.google.protobuf.util.Timestamps;
import dev.sluice.contract.v1.CancelWork;
import dev.sluice.contract.v1.Label;
import dev.sluice.contract.v1.TaskHeader;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What was cancelled lately. Tasks of it may still wait in any queue, so commands are kept for a
 * while. A label may be used again afterwards: a command touches only what was created before it.
 */
public final class CancelledWork {

  private static final int KEPT = 10_000;

  /**
   * When each was cancelled last, in milliseconds, by the id of the work or by its {@link Label}.
   */
  private final Map<Object, Long> times =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, Long> eldest) {
          return size() > KEPT;
        }
      };

  /** Obeys a command; one that names nothing is passed over. */
  public synchronized void add(CancelWork command) {
    long at = Timestamps.toMillis(command.getAt());
    switch (command.getWorkCase()) {
      case WORK_ID -> times.merge(command.getWorkId(), at, Math::max);
      case LABEL -> times.merge(command.getLabel(), at, Math::max);
      default -> {
        // An empty command, or one of a newer version.
      }
    }
  }

  /** Whether a task is part of something that was cancelled. */
  public synchronized boolean contains(TaskHeader header) {
    if (times.containsKey(header.getWorkId())) {
      return true;
    }
    Long at = times.get(labelOf(header));
    return at != null && Timestamps.toMillis(header.getCreatedAt()) <= at;
  }

  private static Label labelOf(TaskHeader header) {
    return Label.newBuilder()
        .setTenant(header.getTenant())
        .setRequestId(header.getRequestId())
        .build();
  }
}
