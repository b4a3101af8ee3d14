package dev.sluice.pipeline.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.diffusion.Samplers;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.tensor.NonFiniteOutputException;
import dev.sluice.pipeline.guidance.Guidance;
import dev.sluice.pipeline.loop.DenoiseLoop;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.request.Sampling;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tensorflow.exceptions.TFResourceExhaustedException;

@Timeout(30)
class StepBatcherTest {

  private static final BatchLimit WIDE = new BatchLimit(64, 1 << 20);

  /** Requests that differ in everything that requests can differ in, two of them in size. */
  private static final List<Request> MIXED =
      List.of(
          new Request("DDIMScheduler", 7, 1, 0.5f, 8, 1),
          new Request("DDPMScheduler", 11, 3, 0.7f, 8, 2),
          new Request("EulerAncestralDiscreteScheduler", 5, 7.5, 0.2f, 8, 3),
          new Request("PNDMScheduler", 9, 2, 0.9f, 8, 4),
          new Request("DPMSolverMultistepScheduler", 6, 1, 0.4f, 12, 5),
          new Request("DDIMScheduler", 20, 4, 0.3f, 12, 6));

  private record Request(
      String sampler, int steps, double scale, float strength, int size, long seed) {

    DenoiseLoop loop(StepListener listener) {
      SamplingPlan plan = Samplers.fromConfig(Map.of("_class_name", sampler)).plan(steps);
      Guidance guidance =
          Guidance.classifierFree(
              () -> ToyNetwork.condition(0),
              ToyNetwork.condition(strength),
              Sampling.of(steps, scale));
      return DenoiseLoop.start(
          plan, guidance, new TorchGenerator(seed), listener, 1, 3, size, size);
    }

    float[] alone() throws InterruptedException {
      try (StepBatcher batcher = new StepBatcher("toy", new ToyNetwork(), WIDE)) {
        DenoiseLoop loop = loop(StepListener.NONE);
        batcher.run(loop);
        return loop.sample().values();
      }
    }
  }

  /** Holds the first call back until the test has handed in all its work. */
  private static final class HeldNetwork implements RowNetwork {
    final CountDownLatch opened = new CountDownLatch(1);
    final List<Integer> rowsOfCalls = Collections.synchronizedList(new ArrayList<>());

    @Override
    public Map<String, HostTensor.Floats> run(Map<String, HostTensor> inputs) {
      try {
        opened.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      rowsOfCalls.add(inputs.get("timestep").shape()[0]);
      return new ToyNetwork().run(inputs);
    }
  }

  @Test
  void run_givesTheSamePictureInAnyCompany() throws Exception {
    for (BatchLimit limit :
        List.of(WIDE, WIDE.sideBySide(3), new BatchLimit(3, 200), new BatchLimit(1, 1))) {
      try (StepBatcher batcher = new StepBatcher("toy", new ToyNetwork(), limit)) {
        List<DenoiseLoop> loops = new ArrayList<>();
        List<CompletableFuture<Void>> done = new ArrayList<>();
        for (Request request : MIXED) {
          DenoiseLoop loop = request.loop(StepListener.NONE);
          loops.add(loop);
          done.add(batcher.submit(loop));
        }
        for (int i = 0; i < MIXED.size(); i++) {
          done.get(i).get(10, TimeUnit.SECONDS);
          assertThat(loops.get(i).sample().values())
              .as("%s within %s", MIXED.get(i), limit)
              .isEqualTo(MIXED.get(i).alone());
        }
      }
    }
  }

  @Test
  void run_sharesCallsAmongImagesThatJoinAndLeaveBetweenSteps() throws Exception {
    HeldNetwork network = new HeldNetwork();
    try (StepBatcher batcher = new StepBatcher("toy", network, WIDE)) {
      List<CompletableFuture<Void>> done = new ArrayList<>();
      done.add(batcher.submit(new Request("DDIMScheduler", 2, 1, 1, 8, 0).loop(StepListener.NONE)));
      done.add(batcher.submit(new Request("DDPMScheduler", 4, 5, 1, 8, 1).loop(StepListener.NONE)));
      done.add(batcher.submit(new Request("DDIMScheduler", 3, 2, 1, 8, 2).loop(StepListener.NONE)));
      network.opened.countDown();
      for (CompletableFuture<Void> one : done) {
        one.get(10, TimeUnit.SECONDS);
      }

      // 2, 4 and 3 steps of 1, 2 and 2 rows: 16 rows. The first call may have begun with the first
      // image only; then the others take 4 more.
      assertThat(network.rowsOfCalls.stream().mapToInt(rows -> rows).sum()).isEqualTo(16);
      assertThat(network.rowsOfCalls).hasSizeLessThanOrEqualTo(5).contains(5);
      assertThat(batcher.rows()).isEqualTo(16);
      assertThat(batcher.calls()).isEqualTo(network.rowsOfCalls.size());
    }
  }

  @Test
  void run_doesNotLetALongJobHoldUpAShortOne() throws Exception {
    HeldNetwork network = new HeldNetwork();
    try (StepBatcher batcher = new StepBatcher("toy", network, new BatchLimit(1, 1))) {
      Request longJob = new Request("DDIMScheduler", 500, 1, 1, 8, 0);
      CompletableFuture<Void> late = batcher.submit(longJob.loop(StepListener.NONE));
      CompletableFuture<Void> soon =
          batcher.submit(new Request("DDIMScheduler", 5, 1, 1, 12, 1).loop(StepListener.NONE));
      CompletableFuture<Integer> callsBeforeShortWasDone =
          soon.thenApply(nothing -> network.rowsOfCalls.size());
      network.opened.countDown();

      // Its five steps cost as much as eleven of the long job's, and it has half of the time.
      assertThat(callsBeforeShortWasDone.get(10, TimeUnit.SECONDS)).isBetween(12, 20);
      late.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void run_stopsOneImageBetweenStepsWithoutDisturbingItsCompany() throws Exception {
    Request kept = MIXED.get(0);
    Request cancelled = MIXED.get(1);
    StepListener cancelsAfterThree =
        new StepListener() {
          private int steps;

          @Override
          public void beforeStep() {
            if (steps++ == 3) {
              throw new CancellationException("no longer wanted");
            }
          }
        };
    try (StepBatcher batcher = new StepBatcher("toy", new ToyNetwork(), WIDE)) {
      DenoiseLoop loop = kept.loop(StepListener.NONE);
      CompletableFuture<Void> done = batcher.submit(loop);
      DenoiseLoop stopped = cancelled.loop(cancelsAfterThree);
      assertThatThrownBy(() -> batcher.run(stopped))
          .isInstanceOf(CancellationException.class)
          .hasMessage("no longer wanted");
      assertThat(stopped.step()).isEqualTo(3);
      done.get(10, TimeUnit.SECONDS);
      assertThat(loop.sample().values()).isEqualTo(kept.alone());
    }
  }

  @Test
  void run_halvesTheBatchAndTriesAgainWhenMemoryRunsOut() throws Exception {
    RowNetwork small =
        inputs -> {
          if (inputs.get("timestep").shape()[0] > 3) {
            throw new TFResourceExhaustedException("OOM when allocating tensor");
          }
          return new ToyNetwork().run(inputs);
        };
    HeldNetwork held = new HeldNetwork();
    RowNetwork network =
        inputs -> {
          held.run(inputs);
          return small.run(inputs);
        };
    try (StepBatcher batcher = new StepBatcher("toy", network, WIDE)) {
      List<DenoiseLoop> loops = new ArrayList<>();
      List<CompletableFuture<Void>> done = new ArrayList<>();
      for (Request request : MIXED) {
        loops.add(request.loop(StepListener.NONE));
        done.add(batcher.submit(loops.get(loops.size() - 1)));
      }
      held.opened.countDown();
      for (int i = 0; i < MIXED.size(); i++) {
        done.get(i).get(10, TimeUnit.SECONDS);
        assertThat(loops.get(i).sample().values()).isEqualTo(MIXED.get(i).alone());
      }
    }
  }

  @Test
  void run_reportsWhatTheNetworkThrewAndGoesOn() throws Exception {
    Request request = MIXED.get(0);
    RowNetwork refusesLargePictures =
        inputs -> {
          if (inputs.get("sample").shape()[2] > 8) {
            throw new IllegalArgumentException("pictures of 8 pixels only");
          }
          return new ToyNetwork().run(inputs);
        };
    try (StepBatcher batcher = new StepBatcher("toy", refusesLargePictures, WIDE)) {
      assertThatThrownBy(() -> batcher.run(MIXED.get(4).loop(StepListener.NONE)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("pictures of 8 pixels only");
      DenoiseLoop loop = request.loop(StepListener.NONE);
      batcher.run(loop);
      assertThat(loop.sample().values()).isEqualTo(request.alone());
    }
  }

  @Test
  void run_failsTheOneImageForWhichTheNetworkGaveNoNumber() throws Exception {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      HeldNetwork held = new HeldNetwork();
      RowNetwork spoilsOne =
          inputs -> {
            float[] strengths = ((HostTensor.Floats) inputs.get(ToyNetwork.STRENGTH)).values();
            Map<String, HostTensor.Floats> outputs = held.run(inputs);
            for (HostTensor.Floats output : outputs.values()) {
              int size = output.values().length / strengths.length;
              for (int row = 0; row < strengths.length; row++) {
                if (strengths[row] == 0.7f) {
                  output.values()[(row + 1) * size - 1] = bad;
                }
              }
            }
            return outputs;
          };
      try (StepBatcher batcher = new StepBatcher("sd15/unet", spoilsOne, WIDE)) {
        List<DenoiseLoop> loops = new ArrayList<>();
        List<CompletableFuture<Void>> done = new ArrayList<>();
        for (Request request : MIXED.subList(0, 4)) {
          loops.add(request.loop(StepListener.NONE));
          done.add(batcher.submit(loops.get(loops.size() - 1)));
        }
        held.opened.countDown();

        assertThatThrownBy(() -> done.get(1).get(10, TimeUnit.SECONDS))
            .hasCauseInstanceOf(NonFiniteOutputException.class)
            .hasMessageContaining("sd15/unet gave NaN or infinity in ");
        for (int i : new int[] {0, 2, 3}) {
          done.get(i).get(10, TimeUnit.SECONDS);
          assertThat(loops.get(i).sample().values()).isEqualTo(MIXED.get(i).alone());
        }
      }
    }
  }

  @Test
  void run_failsTheJobAloneThatTheNetworkRefuses() throws Exception {
    HeldNetwork held = new HeldNetwork();
    RowNetwork refusesOne =
        inputs -> {
          held.run(inputs);
          for (float strength : ((HostTensor.Floats) inputs.get(ToyNetwork.STRENGTH)).values()) {
            if (strength == 0) {
              throw new IllegalArgumentException("no empty captions");
            }
          }
          return new ToyNetwork().run(inputs);
        };
    Request guided = MIXED.get(1);
    Request unguided = MIXED.get(0);
    try (StepBatcher batcher = new StepBatcher("toy", refusesOne, WIDE)) {
      DenoiseLoop first = unguided.loop(StepListener.NONE);
      CompletableFuture<Void> holding = batcher.submit(first);
      DenoiseLoop second = unguided.loop(StepListener.NONE);
      CompletableFuture<Void> good = batcher.submit(second);
      CompletableFuture<Void> bad = batcher.submit(guided.loop(StepListener.NONE));
      held.opened.countDown();

      assertThatThrownBy(() -> bad.get(10, TimeUnit.SECONDS))
          .hasRootCauseMessage("no empty captions");
      holding.get(10, TimeUnit.SECONDS);
      good.get(10, TimeUnit.SECONDS);
      assertThat(first.sample().values()).isEqualTo(unguided.alone());
      assertThat(second.sample().values()).isEqualTo(unguided.alone());
    }
  }

  @Test
  void run_reportsWhatOneOfSeveralCallsSideBySideThrewAndGoesOn() throws Exception {
    RowNetwork refusesOne =
        inputs -> {
          for (float strength : ((HostTensor.Floats) inputs.get(ToyNetwork.STRENGTH)).values()) {
            if (strength == 0) {
              throw new IllegalArgumentException("no empty captions");
            }
          }
          return new ToyNetwork().run(inputs);
        };
    Request guided = MIXED.get(1);
    Request unguided = MIXED.get(0);
    try (StepBatcher batcher = new StepBatcher("toy", refusesOne, WIDE.sideBySide(2))) {
      assertThatThrownBy(() -> batcher.run(guided.loop(StepListener.NONE)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("no empty captions");
      DenoiseLoop loop = unguided.loop(StepListener.NONE);
      batcher.run(loop);
      assertThat(loop.sample().values()).isEqualTo(unguided.alone());
    }
  }

  @Test
  void run_makesAStepsCallsSideBySide() throws Exception {
    CountDownLatch both = new CountDownLatch(2);
    RowNetwork meets =
        inputs -> {
          both.countDown();
          try {
            assertThat(both.await(10, TimeUnit.SECONDS)).as("the other call is under way").isTrue();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return new ToyNetwork().run(inputs);
        };
    try (StepBatcher batcher = new StepBatcher("toy", meets, WIDE.sideBySide(2))) {
      batcher.run(MIXED.get(1).loop(StepListener.NONE));
      assertThat(batcher.calls()).as("two halves are one call").isEqualTo(11);
      assertThat(batcher.rows()).isEqualTo(22);
    }
  }

  @Test
  void run_preparesACallWhileAnotherIsUnderWay() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch prepared = new CountDownLatch(1);
    HeldNetwork held = new HeldNetwork();
    List<Integer> together = Collections.synchronizedList(new ArrayList<>());
    AtomicInteger running = new AtomicInteger();
    RowNetwork network =
        inputs -> {
          together.add(running.incrementAndGet());
          begun.countDown();
          try {
            return held.run(inputs);
          } finally {
            running.decrementAndGet();
          }
        };
    StepListener tells =
        new StepListener() {
          @Override
          public void beforeStep() {
            prepared.countDown();
          }
        };
    try (StepBatcher batcher = new StepBatcher("toy", network, WIDE)) {
      Request large = new Request("DDIMScheduler", 3, 1, 1, 12, 1);
      CompletableFuture<Void> first = batcher.submit(large.loop(StepListener.NONE));
      assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
      CompletableFuture<Void> second =
          batcher.submit(new Request("DDIMScheduler", 3, 1, 1, 8, 2).loop(tells));

      assertThat(prepared.await(10, TimeUnit.SECONDS)).as("prepared meanwhile").isTrue();
      held.opened.countDown();
      first.get(10, TimeUnit.SECONDS);
      second.get(10, TimeUnit.SECONDS);
    }
    assertThat(together).as("calls on the device at once").containsOnly(1);
  }

  /** Asks networks in a given order, each once. */
  private static final class Round implements NetworkWork {
    private final List<StepBatcher> order;
    private final List<Float> answers = new ArrayList<>();

    Round(StepBatcher... order) {
      this.order = List.of(order);
    }

    @Override
    public Optional<Ask> next() {
      HostTensor.Floats last =
          new HostTensor.Floats(
              new float[] {answers.isEmpty() ? 0 : answers.get(answers.size() - 1)}, 1);
      return answers.size() == order.size()
          ? Optional.empty()
          : Optional.of(
              new Ask(order.get(answers.size()), List.of(new Row(Map.of("timestep", last)))));
    }

    @Override
    public void accept(List<Map<String, HostTensor.Floats>> outputs) {
      answers.add(outputs.get(0).get("sum").values()[0]);
    }
  }

  private static RowNetwork adding(float summand) {
    return inputs -> {
      HostTensor.Floats given = (HostTensor.Floats) inputs.get("timestep");
      float[] sums = given.values().clone();
      for (int i = 0; i < sums.length; i++) {
        sums[i] += summand;
      }
      return Map.of("sum", new HostTensor.Floats(sums, given.shape()));
    };
  }

  @Test
  void run_asksOneNetworkAfterTheOtherAsTheWorkWants() throws Exception {
    try (StepBatcher one = new StepBatcher("one", adding(1), WIDE);
        StepBatcher ten = new StepBatcher("ten", adding(10), WIDE)) {
      List<Round> rounds = new ArrayList<>();
      List<CompletableFuture<Void>> done = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        rounds.add(new Round(one, ten, ten, one));
        done.add(one.submit(rounds.get(i)));
      }
      for (int i = 0; i < 20; i++) {
        done.get(i).get(10, TimeUnit.SECONDS);
        assertThat(rounds.get(i).answers).containsExactly(1f, 11f, 21f, 22f);
      }
      assertThat(one.rows()).isEqualTo(40);
      assertThat(ten.rows()).isEqualTo(40);
    }
  }

  @Test
  void run_failsWorkThatGoesOnToANetworkWhichIsClosed() {
    StepBatcher closed = new StepBatcher("ten", adding(10), WIDE);
    closed.close();
    try (StepBatcher one = new StepBatcher("one", adding(1), WIDE)) {
      assertThatThrownBy(() -> one.run(new Round(one, closed)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("the batcher of ten");
    }
  }

  @Test
  void run_boundsCallsByWhatTheNetworkSaysItsRowsCost() throws Exception {
    List<Integer> rowsOfCalls = Collections.synchronizedList(new ArrayList<>());
    RowNetwork dear =
        new RowNetwork() {
          @Override
          public Map<String, HostTensor.Floats> run(Map<String, HostTensor> inputs) {
            rowsOfCalls.add(inputs.get("timestep").shape()[0]);
            return new ToyNetwork().run(inputs);
          }

          @Override
          public long cost(Map<String, HostTensor> row) {
            return 1000;
          }
        };
    try (StepBatcher batcher = new StepBatcher("toy", dear, new BatchLimit(64, 1999))) {
      batcher.run(MIXED.get(1).loop(StepListener.NONE));
    }
    assertThat(rowsOfCalls).hasSize(22).containsOnly(1);
  }

  @Test
  void close_failsWhatIsLeft() throws Exception {
    HeldNetwork network = new HeldNetwork();
    StepBatcher batcher = new StepBatcher("toy", network, WIDE);
    CompletableFuture<Void> left = batcher.submit(MIXED.get(0).loop(StepListener.NONE));
    network.opened.countDown();
    batcher.submit(new Request("DDIMScheduler", 1000, 1, 1, 8, 9).loop(StepListener.NONE));
    batcher.close();

    assertThatThrownBy(() -> batcher.submit(MIXED.get(1).loop(StepListener.NONE)))
        .hasMessage("the batcher of toy is closed");
    assertThat(left.isDone()).isTrue();
  }
}
