package dev.sluice.serving;

import dev.sluice.contract.ByteCounts;
import dev.sluice.pipeline.model.StageEngine;
import io.micrometer.core.instrument.Meter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * One model's engine with what it holds, from the beginning of its loading until it is closed. All
 * fields are guarded by the engines' lock.
 */
final class Loaded<E extends StageEngine> {

  final String model;

  /** Of the files it is made from. */
  final String stamp;

  final Map<String, Long> weights = new LinkedHashMap<>();

  /** Those that its networks' weights are held in. */
  final Set<String> precisions = new TreeSet<>();

  final List<Meter> meters = new ArrayList<>();
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

  @Override
  public String toString() {
    return model + ", " + ByteCounts.text(weightBytes());
  }
}
