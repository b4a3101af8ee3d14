package dev.sluice.gateway.work;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.sluice.contract.v1.AcceptedGeneration;
import dev.sluice.contract.v1.GenerationEvent;
import dev.sluice.contract.v1.StageProgress;
import dev.sluice.contract.v1.TaskHeader;
import dev.sluice.planning.plan.GenerationPlan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The requests that were accepted lately, at whichever door and gateway: every gateway reads all of
 * them from their topic when it starts.
 */
public final class AcceptedWorks {

  /** With their recipes some tens of megabytes. */
  private static final int MOST = 10_000;

  private static final int MOST_PROGRESS = 10_000;

  private static final Comparator<AcceptedGeneration> NEWEST_FIRST =
      Comparator.comparing(AcceptedGeneration::getCreatedAt, Timestamps.comparator())
          .reversed()
          .thenComparing(AcceptedGeneration::getWorkId);

  private final int most;
  private final Map<String, AcceptedGeneration> works = new HashMap<>();
  private final NavigableSet<AcceptedGeneration> byAge = new TreeSet<>(NEWEST_FIRST);
  private final Map<String, NavigableSet<AcceptedGeneration>> byTenant = new HashMap<>();

  /** The last thing that was heard of a picture; the oldest are forgotten. */
  private final Map<String, StageProgress> progress =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, StageProgress> eldest) {
          return size() > MOST_PROGRESS;
        }
      };

  public AcceptedWorks() {
    this(MOST);
  }

  AcceptedWorks(int most) {
    this.most = most;
  }

  /** A plan, as work, for whoever asks of it later. */
  static AcceptedGeneration of(GenerationPlan plan) {
    TaskHeader header = plan.header();
    AcceptedGeneration.Builder accepted =
        AcceptedGeneration.newBuilder()
            .setWorkId(plan.workId())
            .setRequestId(header.getRequestId())
            .setTenant(header.getTenant())
            .setCreatedAt(header.getCreatedAt())
            .setAccepted(plan.accepted())
            .setRecipe(plan.recipe());
    if (header.hasDeadline()) {
      accepted.setDeadline(header.getDeadline());
    }
    return accepted.build();
  }

  /** Takes one, however often it comes. */
  public synchronized void add(AcceptedGeneration work) {
    remove(work.getWorkId());
    works.put(work.getWorkId(), work);
    byAge.add(work);
    byTenant.computeIfAbsent(work.getTenant(), any -> new TreeSet<>(NEWEST_FIRST)).add(work);
    if (works.size() > most) {
      remove(byAge.last().getWorkId());
    }
  }

  private void remove(String workId) {
    AcceptedGeneration work = works.remove(workId);
    if (work != null) {
      byAge.remove(work);
      NavigableSet<AcceptedGeneration> others = byTenant.get(work.getTenant());
      others.remove(work);
      if (others.isEmpty()) {
        byTenant.remove(work.getTenant());
      }
    }
  }

  /** The one of a work id; empty if it is not known, or not any more. */
  public synchronized Optional<AcceptedGeneration> find(String workId) {
    return Optional.ofNullable(works.get(workId));
  }

  /**
   * A tenant's, newest first.
   *
   * @param after the one before the first; empty for the newest
   * @param oldest those that were accepted before are left out
   */
  public synchronized List<AcceptedGeneration> list(
      String tenant, Optional<AcceptedGeneration> after, Timestamp oldest, int limit) {
    NavigableSet<AcceptedGeneration> all =
        byTenant.getOrDefault(tenant, new TreeSet<>(NEWEST_FIRST));
    NavigableSet<AcceptedGeneration> rest =
        after.map(before -> all.tailSet(before, false)).orElse(all);
    List<AcceptedGeneration> list = new ArrayList<>();
    for (AcceptedGeneration work : rest) {
      if (list.size() == limit || Timestamps.compare(work.getCreatedAt(), oldest) < 0) {
        break;
      }
      list.add(work);
    }
    return list;
  }

  /** Takes what was heard of a picture. */
  public synchronized void onEvent(GenerationEvent event) {
    if (event.hasProgress()) {
      progress.put(key(event.getWorkId(), event.getImageIndex()), event.getProgress());
    }
  }

  /** How far a picture is, as far as was heard since this gateway started. */
  synchronized Optional<StageProgress> progress(String workId, int index) {
    return Optional.ofNullable(progress.get(key(workId, index)));
  }

  private static String key(String workId, int index) {
    return workId + "/" + index;
  }
}
