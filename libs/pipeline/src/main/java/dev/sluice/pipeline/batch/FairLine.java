package dev.sluice.pipeline.batch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.LongSupplier;

/**
 * Who is next. Jobs of one tenant that could share a call are a flow, and flows take turns by
 * deficit round robin (Shreedhar and Varghese 1995): in each round a flow earns credit, pays for
 * its steps by what their rows cost, and waits while it cannot. Every tenant earns the same,
 * however many flows it has. What a turn leaves free in its call is filled up with jobs of other
 * flows, which pay as well and so wait longer for their own turn.
 *
 * <p>Within a flow the job goes first that is due first: at its deadline, or some seconds after its
 * last step. So jobs take turns, those whose time runs out go before the others, and none waits for
 * ever.
 *
 * <p>A call may be taken while another is under way, to be prepared meanwhile; but only one that
 * would have come next in any case. So flows whose jobs are under way keep their credit and their
 * place, and rows that could share a call with those under way wait for them, unless they fill a
 * call by themselves. Not thread-safe.
 */
final class FairLine {

  /** After this time every job is as urgent as one whose deadline is now. */
  static final long PATIENCE_MILLIS = 10_000;

  private final LongSupplier clock;
  private final Map<Flow.Key, Flow> flows = new HashMap<>();
  private final Deque<Flow> round = new ArrayDeque<>();
  private final Map<StepJob, Flow> underWay = new IdentityHashMap<>();
  private long joined;

  /**
   * @param clock milliseconds since 1970
   */
  FairLine(LongSupplier clock) {
    this.clock = clock;
  }

  /** Jobs of one tenant with rows of the same shapes. */
  private static final class Flow {
    record Key(String tenant, String signature) {}

    final Key key;
    final PriorityQueue<Place> waiting =
        new PriorityQueue<>(Comparator.comparingLong(Place::due).thenComparingLong(Place::number));
    long credit;

    /** Jobs of this flow in calls that are under way, and what one of them costs. */
    int underWay;

    long costUnderWay;

    Flow(Key key) {
      this.key = key;
    }

    /** Of the next job, which may be under way still. */
    long cost() {
      return waiting.isEmpty() ? costUnderWay : waiting.peek().job().cost();
    }
  }

  private record Place(StepJob job, long due, long number) {}

  /** Whether no job waits. */
  boolean isEmpty() {
    return round.stream().allMatch(flow -> flow.waiting.isEmpty());
  }

  /** Whether no job waits or is under way. */
  boolean isIdle() {
    return underWay.isEmpty() && isEmpty();
  }

  /** A job that was taken does not come back. */
  void leave(StepJob job) {
    Flow flow = underWay.remove(job);
    if (flow != null) {
      flow.underWay--;
    }
  }

  /** Lines up a job that is prepared, for the first time or after a call. */
  void join(StepJob job) {
    Claim claim = job.work.claim();
    Flow flow =
        flows.computeIfAbsent(
            new Flow.Key(claim.tenant(), job.signature()),
            key -> {
              Flow added = new Flow(key);
              round.addLast(added);
              return added;
            });
    long due = Math.min(claim.deadline(), clock.getAsLong() + PATIENCE_MILLIS);
    flow.waiting.add(new Place(job, due, joined++));
    leave(job);
  }

  /**
   * Takes the jobs out of the line that make the next call. Each is to {@link #join} again or to
   * {@link #leave}; a flow with nothing in the line or under way forgets its credit.
   *
   * @return empty if those that waited had all ended, or if who comes next is still under way
   */
  List<StepJob> take(RowLimits limits) {
    forgetTheEnded();
    // Nobody earns while nobody waits.
    if (isEmpty()) {
      return List.of();
    }
    Flow turn = nextTurn();
    if (turn.waiting.isEmpty()) {
      return List.of();
    }
    StepJob first = turn.waiting.peek().job();
    int most = limits.rows(first.signature(), first.costOfRow());
    if (couldJoinOthers(turn) && rowsWaiting(turn) < most) {
      return List.of();
    }
    List<StepJob> batch = new ArrayList<>();
    int rows = fill(batch, turn, 0, most);
    for (Flow other : round) {
      if (other != turn && other.key.signature().equals(turn.key.signature())) {
        rows = fill(batch, other, rows, most);
      }
    }
    return batch;
  }

  private void forgetTheEnded() {
    flows.values().forEach(flow -> flow.waiting.removeIf(place -> place.job().done.isDone()));
    round.removeIf(flow -> flow.waiting.isEmpty() && flow.underWay == 0);
    flows.values().removeIf(flow -> flow.waiting.isEmpty() && flow.underWay == 0);
  }

  /** Whether rows of the same shapes are in a call that is under way. */
  private boolean couldJoinOthers(Flow turn) {
    return round.stream()
        .anyMatch(flow -> flow.underWay > 0 && flow.key.signature().equals(turn.key.signature()));
  }

  private int rowsWaiting(Flow turn) {
    return round.stream()
        .filter(flow -> flow.key.signature().equals(turn.key.signature()))
        .flatMap(flow -> flow.waiting.stream())
        .mapToInt(place -> place.job().rows().size())
        .sum();
  }

  /** The flow that can pay; it stays in front as long as it can. */
  private Flow nextTurn() {
    Map<String, Integer> flowsOfTenant = new HashMap<>();
    long dearest = 0;
    for (Flow flow : round) {
      flowsOfTenant.merge(flow.key.tenant(), 1, Integer::sum);
      dearest = Math.max(dearest, flow.cost());
    }
    while (true) {
      Flow flow = round.peekFirst();
      if (flow.credit >= flow.cost()) {
        return flow;
      }
      flow.credit += Math.max(1, dearest / flowsOfTenant.get(flow.key.tenant()));
      round.addLast(round.pollFirst());
    }
  }

  /** The first job of a batch may be larger than the limit: it is run in several calls. */
  private int fill(List<StepJob> batch, Flow flow, int rowsBefore, int most) {
    int rows = rowsBefore;
    List<Place> left = new ArrayList<>();
    while (!flow.waiting.isEmpty()) {
      Place place = flow.waiting.poll();
      StepJob job = place.job();
      if (batch.isEmpty() || rows + job.rows().size() <= most) {
        batch.add(job);
        rows += job.rows().size();
        flow.credit -= job.cost();
        flow.underWay++;
        flow.costUnderWay = job.cost();
        underWay.put(job, flow);
      } else {
        left.add(place);
      }
    }
    flow.waiting.addAll(left);
    return rows;
  }

  /** Takes out all that wait, in no order. */
  List<StepJob> drain() {
    List<StepJob> all =
        round.stream().flatMap(flow -> flow.waiting.stream()).map(Place::job).toList();
    round.clear();
    flows.clear();
    return all;
  }
}
