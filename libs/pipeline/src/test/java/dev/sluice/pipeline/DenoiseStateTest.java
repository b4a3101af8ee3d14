package dev.sluice.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.diffusion.Samplers;
import dev.sluice.diffusion.SamplingPlan;
import dev.sluice.diffusion.TorchGenerator;
import java.util.Arrays;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DenoiseStateTest {

  private static final int STEPS = 8;

  private static final Guidance GUIDANCE =
      Guidance.classifierFree(
          () -> ToyNetwork.condition(0), ToyNetwork.condition(0.6f), Sampling.of(1, 3));

  @Property(tries = 60)
  void resume_makesTheSamePictureAsAnUninterruptedRun(
      @ForAll("samplers") String sampler, @ForAll @IntRange(max = STEPS) int stop)
      throws InterruptedException {
    SamplingPlan plan = plan(sampler);
    try (StepBatcher batcher =
        new StepBatcher("toy", new ToyNetwork(), new BatchLimit(8, 1 << 20))) {
      DenoiseLoop uninterrupted = start(plan);
      batcher.run(uninterrupted);

      DenoiseLoop stopped = start(plan);
      batcher.run(stopped.until(stop));
      assertThat(stopped.step()).isEqualTo(stop);
      byte[] message = stopped.state().toBytes();
      DenoiseLoop resumed =
          DenoiseLoop.resume(
              plan(sampler), DenoiseState.fromBytes(message), GUIDANCE, StepListener.NONE);
      batcher.run(resumed);

      assertThat(resumed.sample().values()).isEqualTo(uninterrupted.sample().values());
      assertThat(resumed.generator().state()).isEqualTo(uninterrupted.generator().state());
    }
  }

  @Provide
  Arbitrary<String> samplers() {
    // Flow matching and unCLIP have schedules of their own; the state does not know the difference.
    return Arbitraries.of(Samplers.names());
  }

  @Test
  void fromBytes_refusesWhatIsCutShortOrTooLong() {
    byte[] bytes = start(plan("PNDMScheduler")).state().toBytes();
    for (int length : new int[] {0, 3, 4, 20, bytes.length - 1, bytes.length + 1}) {
      assertThatThrownBy(() -> DenoiseState.fromBytes(Arrays.copyOf(bytes, length)))
          .as("%d of %d bytes", length, bytes.length)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Property
  void fromBytes_neverFailsOtherwiseThanWithAReason(@ForAll byte[] rest) {
    byte[] bytes = new byte[4 + rest.length];
    System.arraycopy("SLD1".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, bytes, 0, 4);
    System.arraycopy(rest, 0, bytes, 4, rest.length);
    try {
      DenoiseState.fromBytes(bytes);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageContaining("state");
    }
  }

  private static SamplingPlan plan(String sampler) {
    return Samplers.fromConfig(Map.of("_class_name", sampler)).plan(STEPS);
  }

  private static DenoiseLoop start(SamplingPlan plan) {
    return DenoiseLoop.start(plan, GUIDANCE, new TorchGenerator(5), StepListener.NONE, 1, 3, 8, 8);
  }
}
