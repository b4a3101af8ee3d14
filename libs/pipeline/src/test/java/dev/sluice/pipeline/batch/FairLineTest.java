package dev.sluice.pipeline.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.networks.tensor.HostTensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.BeforeTry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FairLineTest {

  private static final BatchLimit ALONE = new BatchLimit(1, 1);

  /** Says what rows cost. */
  private static final StepBatcher BATCHER = new StepBatcher("toy", new ToyNetwork(), ALONE);

  private long now;
  private FairLine line;

  @BeforeTry
  void begin() {
    now = 1_000_000;
    line = new FairLine(() -> now);
  }

  @BeforeEach
  void beginExample() {
    begin();
  }

  /** Steps without end of rows of one size. */
  private record Endless(String tenant, long deadline, int rowsPerStep, int size)
      implements NetworkWork {

    @Override
    public Claim claim() {
      return new Claim(tenant, deadline);
    }

    @Override
    public Optional<Ask> next() {
      HostTensor.Floats sample = new HostTensor.Floats(new float[size * size], 1, 1, size, size);
      return Optional.of(
          new Ask(Collections.nCopies(rowsPerStep, new Row(Map.of("sample", sample)))));
    }

    @Override
    public void accept(List<Map<String, HostTensor.Floats>> outputs) {}
  }

  private StepJob join(String tenant, long deadline, int rows, int size) {
    StepJob job = new StepJob(new Endless(tenant, deadline, rows, size), BATCHER);
    assertThat(job.prepare()).isTrue();
    line.join(job);
    return job;
  }

  private StepJob join(String tenant, int size) {
    return join(tenant, Long.MAX_VALUE, 1, size);
  }

  /** Makes calls and puts everything back; how many pixels each job got. */
  private Map<StepJob, Long> run(BatchLimit limit, int calls) {
    Map<StepJob, Long> served = new HashMap<>();
    for (int i = 0; i < calls; i++) {
      List<StepJob> batch = line.take(new RowLimits(limit));
      now++;
      for (StepJob job : batch) {
        served.merge(job, job.cost(), Long::sum);
        line.join(job);
      }
    }
    return served;
  }

  @Property(tries = 200)
  void flows_ofOneTenantGetTheSameTimeWhateverTheirPicturesSizes(
      @ForAll("sizes") List<Integer> sizes) {
    List<StepJob> jobs = new ArrayList<>();
    sizes.forEach(size -> jobs.add(join("", size)));
    long dearest = jobs.stream().mapToLong(StepJob::cost).max().orElseThrow();

    Map<StepJob, Long> served = run(ALONE, 2000);

    for (StepJob one : jobs) {
      for (StepJob other : jobs) {
        assertThat(served.get(one) - served.get(other)).isLessThanOrEqualTo(3 * dearest);
      }
    }
  }

  @Provide
  Arbitrary<List<Integer>> sizes() {
    return Arbitraries.integers().between(1, 12).list().ofMinSize(2).ofMaxSize(6).uniqueElements();
  }

  /** Packed latents, priors: what they cost goes by their tokens. */
  @Property(tries = 100)
  void flows_ofTokensGetTheSameTimeWhateverTheirLength(@ForAll("sizes") List<Integer> tokens) {
    List<StepJob> jobs = new ArrayList<>();
    for (int count : tokens) {
      HostTensor.Floats packed = new HostTensor.Floats(new float[count], 1, count, 1);
      StepJob job =
          new StepJob(
              new NetworkWork() {
                @Override
                public Optional<Ask> next() {
                  return Optional.of(new Ask(List.of(new Row(Map.of("hidden_states", packed)))));
                }

                @Override
                public void accept(List<Map<String, HostTensor.Floats>> outputs) {}
              },
              BATCHER);
      assertThat(job.prepare()).isTrue();
      line.join(job);
      jobs.add(job);
    }

    Map<StepJob, Long> served = run(ALONE, 2000);

    long dearest = tokens.stream().mapToLong(Integer::longValue).max().orElseThrow();
    for (int i = 0; i < jobs.size(); i++) {
      assertThat(jobs.get(i).cost()).isEqualTo((long) tokens.get(i));
      assertThat(served.get(jobs.get(i)) - served.get(jobs.get(0)))
          .isLessThanOrEqualTo(3 * dearest);
    }
  }

  /** One call is on the device, the next is prepared; that must not change whose turn it is. */
  @Property(tries = 100)
  void flows_getTheSameTimeWithTwoCallsUnderWay(@ForAll("sizes") List<Integer> sizes) {
    List<StepJob> jobs = new ArrayList<>();
    sizes.forEach(size -> jobs.add(join("", size)));
    long dearest = jobs.stream().mapToLong(StepJob::cost).max().orElseThrow();
    Map<StepJob, Long> served = new HashMap<>();
    Deque<List<StepJob>> underWay = new ArrayDeque<>();

    for (int i = 0; i < 2000; i++) {
      List<StepJob> batch = underWay.size() == 2 ? List.of() : line.take(new RowLimits(ALONE));
      if (batch.isEmpty()) {
        underWay.removeFirst().forEach(line::join);
      } else {
        batch.forEach(job -> served.merge(job, job.cost(), Long::sum));
        underWay.addLast(batch);
      }
    }

    for (StepJob one : jobs) {
      for (StepJob other : jobs) {
        assertThat(served.get(one) - served.get(other)).isLessThanOrEqualTo(4 * dearest);
      }
    }
  }

  @Test
  void take_leavesRowsForACallThatTheyCanShareWithThoseUnderWay() {
    StepJob first = join("", 8);
    RowLimits limits = new RowLimits(new BatchLimit(3, 1 << 20));
    assertThat(line.take(limits)).containsExactly(first);

    StepJob second = join("", 8);
    assertThat(line.take(limits)).isEmpty();
    line.join(first);

    assertThat(line.take(limits)).containsExactlyInAnyOrder(first, second);
  }

  @Test
  void take_givesAFullCallWhileOthersOfItsKindAreUnderWay() {
    join("", 8);
    RowLimits limits = new RowLimits(new BatchLimit(2, 1 << 20));
    line.take(limits);
    StepJob second = join("", 8);
    StepJob third = join("", 8);

    assertThat(line.take(limits)).containsExactlyInAnyOrder(second, third);
  }

  @Property(tries = 100)
  void tenants_getTheSameTimeHoweverManyFlowsTheyHave(
      @ForAll @IntRange(min = 1, max = 8) int many) {
    StepJob only = join("small", 9);
    for (int i = 0; i < many; i++) {
      join("large", 1 + i);
    }

    Map<StepJob, Long> served = run(ALONE, 3000);

    long ofSmall = served.get(only);
    long all = served.values().stream().mapToLong(Long::longValue).sum();
    assertThat((double) ofSmall / all).isBetween(0.45, 0.55);
  }

  @Property(tries = 200)
  void take_givesEveryJobOnceInCallsOfOneKindWithinTheLimit(
      @ForAll("mixed") List<Integer> sizes, @ForAll @IntRange(min = 2, max = 8) int rows) {
    List<StepJob> waiting = new ArrayList<>();
    for (int i = 0; i < sizes.size(); i++) {
      waiting.add(join("tenant" + i % 3, Long.MAX_VALUE, 1 + i % 2, sizes.get(i)));
    }

    List<StepJob> taken = new ArrayList<>();
    while (!line.isEmpty()) {
      List<StepJob> batch = line.take(new RowLimits(new BatchLimit(rows, 1 << 20)));
      assertThat(batch.stream().map(StepJob::signature).distinct().count()).isLessThanOrEqualTo(1);
      assertThat(batch.stream().mapToInt(job -> job.rows().size()).sum()).isLessThanOrEqualTo(rows);
      batch.forEach(line::leave);
      taken.addAll(batch);
    }

    assertThat(taken).containsExactlyInAnyOrderElementsOf(waiting);
  }

  @Provide
  Arbitrary<List<Integer>> mixed() {
    return Arbitraries.integers().between(1, 3).list().ofMinSize(1).ofMaxSize(20);
  }

  @Test
  void take_fillsACallUpWithOtherTenants() {
    StepJob one = join("one", 8);
    StepJob two = join("two", 8);
    join("three", 4);

    assertThat(line.take(new RowLimits(new BatchLimit(8, 1 << 20))))
        .containsExactlyInAnyOrder(one, two);
  }

  @Test
  void take_prefersTheJobWhoseTimeRunsOut() {
    StepJob patient = join("", 8);
    StepJob urgent = join("", now + 500, 1, 8);
    StepJob later = join("", now + FairLine.PATIENCE_MILLIS + 1, 1, 8);

    assertThat(line.take(new RowLimits(ALONE))).containsExactly(urgent);
    assertThat(line.take(new RowLimits(ALONE))).containsExactly(patient);
    assertThat(line.take(new RowLimits(ALONE))).containsExactly(later);
  }

  @Test
  void take_neverForgetsAJobOverUrgentOnes() {
    StepJob patient = join("", 8);
    int calls = 0;
    for (StepJob next = null; next != patient; calls++) {
      join("", now + 1000, 1, 8);
      next = line.take(new RowLimits(ALONE)).get(0);
      now += 100;
    }

    assertThat(calls).isBetween(80, 110);
  }

  @Test
  void take_passesOverWhatIsNoLongerWanted() {
    StepJob cancelled = join("", 8);
    StepJob wanted = join("", 8);
    cancelled.done.cancel(false);

    assertThat(line.take(new RowLimits(new BatchLimit(8, 1 << 20)))).containsExactly(wanted);
    assertThat(line.take(new RowLimits(ALONE))).isEmpty();
    assertThat(line.isEmpty()).isTrue();
  }
}
