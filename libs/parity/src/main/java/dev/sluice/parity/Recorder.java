package dev.sluice.parity;

import dev.sluice.parity.network.Comparison;
import dev.sluice.parity.network.Reference;
import dev.sluice.pipeline.loop.DenoiseLoop;
import dev.sluice.pipeline.loop.ResumableLoop;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.safetensors.TensorSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What every sampler of a generation was given and made of it, step by step. */
final class Recorder {

  private final Map<String, List<Step>> steps = new LinkedHashMap<>();

  private record Step(float[] modelOutput, float[] sample) {}

  /** Listens to the sampler that the recording calls {@code scheduler}. */
  StepListener listener(String scheduler) {
    List<Step> recorded = steps.computeIfAbsent(scheduler, name -> new ArrayList<>());
    return new StepListener() {
      @Override
      public void afterStep(int step, int of, ResumableLoop loop) {
        DenoiseLoop denoising = (DenoiseLoop) loop;
        recorded.add(new Step(denoising.prediction(), denoising.sample().values()));
      }
    };
  }

  /** The first step whose network's answer or sample is off; empty if all are near enough. */
  Optional<Comparison> firstDeviation(TensorSource golden, double tolerance) {
    return steps.entrySet().stream()
        .flatMap(scheduler -> firstDeviation(scheduler, golden, tolerance).stream())
        .findFirst();
  }

  private static Optional<Comparison> firstDeviation(
      Map.Entry<String, List<Step>> scheduler, TensorSource golden, double tolerance) {
    String prefix = "mid." + scheduler.getKey() + ".";
    if (!golden.names().contains(prefix + "model_output")
        || !golden.names().contains(prefix + "prev_sample")) {
      return Optional.empty();
    }
    Reference modelOutputs = Reference.of(golden, prefix + "model_output");
    Reference samples = Reference.of(golden, prefix + "prev_sample");
    List<Step> actual = scheduler.getValue();
    if (actual.size() != samples.length()) {
      return Optional.of(
          samples.failure(
              tolerance,
              "%d steps, the reference has %d".formatted(actual.size(), samples.length())));
    }
    for (int i = 0; i < actual.size(); i++) {
      int step = i;
      Step made = actual.get(i);
      Optional<Comparison> deviation =
          deviation(modelOutputs.step(i), made.modelOutput(), tolerance)
              .or(() -> deviation(samples.step(step), made.sample(), tolerance));
      if (deviation.isPresent()) {
        return deviation;
      }
    }
    return Optional.empty();
  }

  private static Optional<Comparison> deviation(
      Reference expected, float[] actual, double tolerance) {
    Reference comparable =
        expected.values().length == 2 * actual.length
            // DiTPipeline carries a guided batch twice.
            ? new Reference(
                expected.name(),
                Arrays.copyOf(expected.values(), actual.length),
                new int[] {actual.length})
            : expected;
    return comparable.values().length == actual.length
        ? Optional.of(comparable.compare(actual, tolerance)).filter(result -> !result.passes())
        // With a variance that one side leaves out, say: that tells nothing.
        : Optional.empty();
  }
}
