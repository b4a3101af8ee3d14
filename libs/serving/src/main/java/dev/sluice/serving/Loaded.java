package dev.sluice.serving;

import dev.sluice.contract.ByteCounts;
import dev.sluice.pipeline.batch.StepBatcher;
import dev.sluice.pipeline.model.StageEngine;
import dev.sluice.serving.memory.WorkingMemory;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * One model's engine with what it holds, from the beginning of its loading until it is closed. All
 * fields are guarded by the {@link EngineShelf}'s monitor.
 */
final class Loaded<E extends StageEngine> {

  final String model;

  /** Of the files it is made from. */
  final String stamp;

  final Map<String, Long> weights = new LinkedHashMap<>();

  /** Those that its networks' weights are held in. */
  final Set<String> precisions = new TreeSet<>();

  private final List<Meter> meters = new ArrayList<>();
  WorkingMemory work = WorkingMemory.NONE;

  /** Null while it is loaded. */
  E engine;

  int users;
  long lastUsed;

  /** Whether its files were replaced: who uses it may end, nobody begins. */
  boolean retired;

  Loaded(String model, String stamp) {
    this.model = model;
    this.stamp = stamp;
  }

  long weightBytes() {
    return weights.values().stream().mapToLong(Long::longValue).sum();
  }

  boolean isIdle() {
    return engine != null && users == 0;
  }

  /** Lets the calls of its networks be counted. */
  void count(MeterRegistry metrics) {
    for (StepBatcher batcher : engine.batchers()) {
      meters.add(
          FunctionCounter.builder("sluice.network.calls", batcher, StepBatcher::calls)
              .description("Calls of a network that denoises")
              .tag("network", batcher.name())
              .register(metrics));
      meters.add(
          FunctionCounter.builder("sluice.network.rows", batcher, StepBatcher::rows)
              .description("Rows in those calls: over calls, the mean size of a batch")
              .tag("network", batcher.name())
              .register(metrics));
    }
  }

  /** Takes back {@link #count}. */
  void uncount(MeterRegistry metrics) {
    meters.forEach(metrics::remove);
    meters.clear();
  }

  @Override
  public String toString() {
    return model + ", " + ByteCounts.text(weightBytes());
  }
}
