package dev.sluice.pipeline.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.diffusion.Samplers;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.batch.StepBatcher;
import dev.sluice.pipeline.batch.ToyNetwork;
import dev.sluice.pipeline.guidance.Guidance;
import dev.sluice.pipeline.request.Sampling;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LoopTrailTest {

  private static final int STEPS = 6;

  /** Ends the process, as far as a loop can tell. */
  private static final class Stopped extends RuntimeException {}

  /** Makes steps until there are to be no more, and keeps the trail of them. */
  private static final class Walk implements StepListener {

    private final LoopTrail trail;
    private final int stopBefore;
    private int steps;

    Walk(LoopTrail trail, int stopBefore) {
      this.trail = trail;
      this.stopBefore = stopBefore;
    }

    @Override
    public Optional<LoopState> beginning(ResumableLoop loop) {
      return trail.begin(loop);
    }

    @Override
    public void beforeStep() {
      if (steps == stopBefore) {
        throw new Stopped();
      }
    }

    @Override
    public void afterStep(int step, int ofAll, ResumableLoop loop) {
      steps++;
      trail.stepped();
    }
  }

  /** Two loops that share a generator, the second of which is about what the first has made. */
  private static float[] picture(String sampler, TorchGenerator generator, Walk walk)
      throws InterruptedException {
    SamplingPlan plan = Samplers.fromConfig(Map.of("_class_name", sampler)).plan(STEPS);
    Guidance first =
        Guidance.classifierFree(
            () -> ToyNetwork.condition(0), ToyNetwork.condition(0.6f), Sampling.of(1, 3));
    try (StepBatcher batcher =
        new StepBatcher("toy", new ToyNetwork(), new BatchLimit(8, 1 << 20))) {
      DenoiseLoop small = DenoiseLoop.start(plan, first, generator, walk, 1, 3, 4, 4);
      batcher.run(small);
      Guidance second = Guidance.none(ToyNetwork.condition(small.sample().values()[0]));
      DenoiseLoop large = DenoiseLoop.start(plan, second, generator, walk, 1, 3, 8, 8);
      batcher.run(large);
      return large.sample().values();
    }
  }

  @Property(tries = 80)
  void task_thatIsStoppedAndGoneOnWithMakesTheSamePictureInTheSameNumberOfSteps(
      @ForAll("samplers") String sampler, @ForAll @IntRange(max = 2 * STEPS + 1) int stop)
      throws InterruptedException {
    Walk whole = new Walk(LoopTrail.empty(), Integer.MAX_VALUE);
    TorchGenerator generator = new TorchGenerator(5);
    float[] expected = picture(sampler, generator, whole);

    Walk stopped = new Walk(LoopTrail.empty(), Math.min(stop, whole.steps - 1));
    assertThatThrownBy(() -> picture(sampler, new TorchGenerator(5), stopped))
        .isInstanceOf(Stopped.class);
    Walk rest = new Walk(LoopTrail.of(stopped.trail.toBytes()), Integer.MAX_VALUE);
    TorchGenerator restored = new TorchGenerator(5);

    assertThat(picture(sampler, restored, rest)).isEqualTo(expected);
    assertThat(stopped.steps + rest.steps).isEqualTo(whole.steps);
    assertThat(restored.state()).isEqualTo(generator.state());
  }

  @Provide
  Arbitrary<String> samplers() {
    // Flow matching and unCLIP have schedules of their own; the state does not know the difference.
    return Arbitraries.of(Samplers.names());
  }

  @Test
  void begin_beginsAnewWhatIsAnotherSampling() throws InterruptedException {
    Walk stopped = new Walk(LoopTrail.empty(), 3);
    assertThatThrownBy(() -> picture("DDIMScheduler", new TorchGenerator(5), stopped))
        .isInstanceOf(Stopped.class);
    LoopTrail trail = LoopTrail.of(stopped.trail.toBytes());

    SamplingPlan plan = Samplers.fromConfig(Map.of("_class_name", "DDIMScheduler")).plan(STEPS);
    Guidance guidance = Guidance.none(ToyNetwork.condition(1));
    Walk walk = new Walk(trail, Integer.MAX_VALUE);
    DenoiseLoop loop = DenoiseLoop.start(plan, guidance, new TorchGenerator(5), walk, 1, 3, 16, 16);

    assertThat(loop.step()).isZero();
  }

  @Test
  void toBytes_ofNothingIsATrailOfNothing() {
    assertThat(LoopTrail.of(LoopTrail.empty().toBytes()).toBytes())
        .isEqualTo(LoopTrail.empty().toBytes());
  }

  @Test
  void of_refusesWhatIsCutShort() throws InterruptedException {
    Walk stopped = new Walk(LoopTrail.empty(), 9);
    assertThatThrownBy(() -> picture("PNDMScheduler", new TorchGenerator(5), stopped))
        .isInstanceOf(Stopped.class);
    byte[] bytes = stopped.trail.toBytes();

    for (int length : List.of(0, 3, 4, 7, 8, 12, bytes.length / 2, bytes.length - 1)) {
      assertThatThrownBy(() -> LoopTrail.of(Arrays.copyOf(bytes, length)))
          .as("%d of %d bytes", length, bytes.length)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Property
  void of_neverFailsOtherwiseThanWithAReason(@ForAll byte[] rest) {
    byte[] bytes = ByteBuffer.allocate(4 + rest.length).putInt(0x534c5431).put(rest).array();
    try {
      LoopTrail.of(bytes);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageMatching(".*(trail|state).*");
    }
  }
}
