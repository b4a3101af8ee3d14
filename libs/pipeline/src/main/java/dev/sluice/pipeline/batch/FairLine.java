package dev.sluice.pipeline.batch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.LongSupplier;

/**
 * Who is next. Jobs of one tenant that could share a call are a flow, and flows take turns by
 * deficit round robin (Shreedhar and Varghese 1995): in each round a flow earns credit, pays for
 * its steps by what their rows cost, and waits while it cannot. Every tenant earns the same, however many
 * flows it has. What a turn leaves free in its call is filled up with jobs of other flows, which
 * pay as well and so wait longer for their own turn.
 *
 * <p>Within a flow the job goes first that is due first: at its deadline, or some seconds after its
 * last step. So jobs take turns, those whose time runs out go before the others, and none waits for
 * ever. Not thread-safe.
 */
final class FairLine {

  /** After this time every job is as urgent as one whose deadline is now. */
  static final long PATIENCE_MILLIS = 10_000;

  private final LongSupplier clock;
  private final Map<Flow.Key, Flow> flows = new HashMap<>();
  private final Deque<Flow> round = new ArrayDeque<>();
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

    Flow(Key key) {
      this.key = key;
    }
  }

  private record Place(StepJob job, long due, long number) {}

  boolean isEmpty() {
    return flows.isEmpty();
  }

  /** Lines up a job that is prepared. */
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
  }

  /**
   * Takes the jobs out of the line that make the next call; empty when those that waited had all
   * ended. A flow with nothing in the line forgets its credit: call this when the jobs of the last
   * call are back.
   */
  List<StepJob> take(RowLimits limits) {
    forgetTheEnded();
    if (round.isEmpty()) {
      return List.of();
    }
    Flow turn = nextTurn();
    StepJob first = turn.waiting.peek().job();
    int most = limits.rows(first.signature(), first.costOfRow());
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
    round.removeIf(flow -> flow.waiting.isEmpty());
    flows.values().removeIf(flow -> flow.waiting.isEmpty());
  }

  /** The flow that can pay; it stays in front as long as it can. */
  private Flow nextTurn() {
    Map<String, Integer> flowsOfTenant = new HashMap<>();
    long dearest = 0;
    for (Flow flow : round) {
      flowsOfTenant.merge(flow.key.tenant(), 1, Integer::sum);
      dearest = Math.max(dearest, flow.waiting.peek().job().cost());
    }
    while (true) {
      Flow flow = round.peekFirst();
      if (flow.credit >= flow.waiting.peek().job().cost()) {
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
