package dev.sluice.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.denoise.DenoiserEngine;
import dev.sluice.pipeline.loop.LoopState;
import dev.sluice.pipeline.loop.LoopTrail;
import dev.sluice.pipeline.loop.ResumableLoop;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.request.DenoiseRequest;
import dev.sluice.pipeline.request.GuidanceOptions;
import dev.sluice.pipeline.request.Prompt;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.pipeline.text.TextEncoder;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StepCachingTest {

  private static final Path GOLDENS = Path.of(System.getProperty("sluice.goldens"));
  private static final int STEPS = 7;

  private final ModelFolder model = ModelFolder.open(GOLDENS.resolve("pipe-sd"));
  private final DenoiserEngine engine = Families.denoiser(model, BatchLimit.DEFAULT);
  private final Map<String, HostTensor> text = text();

  private Map<String, HostTensor> text() {
    try (TextEncoder encoder = Families.textEncoder(model, BatchLimit.DEFAULT)) {
      return encoder.encode(Prompt.of("a lighthouse").without("fog"));
    }
  }

  @AfterAll
  void close() {
    engine.close();
  }

  private float[] sample(Sampling sampling, StepListener listener) throws InterruptedException {
    return engine
        .denoise(DenoiseRequest.of(text, sampling), new TorchGenerator(3), listener)
        .values();
  }

  private float[] cached(int interval) throws InterruptedException {
    return sample(Sampling.of(STEPS, 4).caching(interval), StepListener.NONE);
  }

  @Test
  void interval_ofOneIsNoCaching() throws InterruptedException {
    assertThat(cached(1)).isEqualTo(sample(Sampling.of(STEPS, 4), StepListener.NONE));
  }

  @Test
  void intervals_giveOtherSamplesThatAreTheSameEveryTime() throws InterruptedException {
    assertThat(cached(2)).isNotEqualTo(cached(1)).isEqualTo(cached(2));
    assertThat(cached(3)).isNotEqualTo(cached(2));
    // The sampler makes one call more than it has steps.
    assertThat(cached(STEPS + 1)).isEqualTo(cached(STEPS + 2));
  }

  @Test
  void guidance_ofAPartOfTheScheduleMayComeBetween() throws InterruptedException {
    Sampling partly = Sampling.of(STEPS, 4).guided(new GuidanceOptions(0, 0.3, 0.7)).caching(3);

    assertThat(sample(partly, StepListener.NONE)).isNotEqualTo(cached(3));
  }

  /** Stops before a step, and then lets go on from there. */
  private static final class Interruption implements StepListener {
    private final LoopTrail trail;
    private int left;

    Interruption(LoopTrail trail, int steps) {
      this.trail = trail;
      this.left = steps;
    }

    @Override
    public Optional<LoopState> beginning(ResumableLoop loop) {
      return trail.begin(loop);
    }

    @Override
    public void beforeStep() {
      if (left-- == 0) {
        throw new CancellationException();
      }
    }

    @Override
    public void afterStep(int step, int steps, ResumableLoop loop) {
      trail.stepped();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5})
  void resume_betweenWholeStepsMakesTheSameSample(int stop) throws InterruptedException {
    Sampling sampling = Sampling.of(STEPS, 4).caching(3);
    Interruption stopped = new Interruption(LoopTrail.empty(), stop);
    assertThatThrownBy(() -> sample(sampling, stopped)).isInstanceOf(CancellationException.class);

    LoopTrail rest = LoopTrail.of(stopped.trail.toBytes());

    assertThat(sample(sampling, new Interruption(rest, STEPS))).isEqualTo(cached(3));
  }

  @Test
  void networks_withoutSuchFeaturesRefuse() throws InterruptedException {
    try (DenoiserEngine other =
        Families.denoiser(ModelFolder.open(GOLDENS.resolve("pipe-ddpm")), BatchLimit.DEFAULT)) {
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  other.denoise(
                      DenoiseRequest.of(Map.of(), Sampling.ofSteps(4).caching(2)),
                      new TorchGenerator(1),
                      StepListener.NONE))
          .withMessageContaining("cache_interval is 2");
    }
  }
}
