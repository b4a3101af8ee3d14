package dev.sluice.pipeline.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.diffusion.Samplers;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.pipeline.batch.ToyNetwork;
import dev.sluice.pipeline.guidance.Guidance;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class LoopStateTest {

  private static final int STEPS = 8;

  @Test
  void fromBytes_refusesWhatIsCutShortOrTooLong() {
    byte[] bytes = start(plan("PNDMScheduler")).state().toBytes();
    for (int length : new int[] {0, 3, 4, 20, bytes.length - 1, bytes.length + 1}) {
      assertThatThrownBy(() -> LoopState.fromBytes(Arrays.copyOf(bytes, length)))
          .as("%d of %d bytes", length, bytes.length)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Property
  void fromBytes_neverFailsOtherwiseThanWithAReason(@ForAll byte[] rest) {
    byte[] bytes = new byte[4 + rest.length];
    System.arraycopy("SLD1".getBytes(StandardCharsets.US_ASCII), 0, bytes, 0, 4);
    System.arraycopy(rest, 0, bytes, 4, rest.length);
    try {
      LoopState.fromBytes(bytes);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageContaining("state");
    }
  }

  private static SamplingPlan plan(String sampler) {
    return Samplers.fromConfig(Map.of("_class_name", sampler)).plan(STEPS);
  }

  private static DenoiseLoop start(SamplingPlan plan) {
    Guidance guidance = Guidance.none(ToyNetwork.condition(0.6f));
    return DenoiseLoop.start(plan, guidance, new TorchGenerator(5), StepListener.NONE, 1, 3, 8, 8);
  }
}
