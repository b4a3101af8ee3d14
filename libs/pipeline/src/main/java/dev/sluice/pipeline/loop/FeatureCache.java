package dev.sluice.pipeline.loop;

import static dev.sluice.networks.unet.UNet2DConditionModel.DEEP_FEATURES;
import static dev.sluice.networks.unet.UNet2DConditionModel.KEEP_DEEP_FEATURES;

import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.batch.Row;
import dev.sluice.pipeline.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Step caching (Ma et al. 2023, "DeepCache"): a UNet's deep features change slowly from step to
 * step, so the whole network runs at every so many steps only, and its outermost layers alone, on
 * the features of the last whole step, at those between.
 */
public final class FeatureCache {

  private final int interval;
  private List<HostTensor.Floats> features = List.of();

  /**
   * @param interval the whole network runs at every so many steps; 1 for always
   */
  public FeatureCache(int interval) {
    this.interval = interval;
  }

  /**
   * The rows as the next step asks them.
   *
   * @param step counted from the loop's first
   */
  List<Row> rows(List<Row> whole, int step) {
    if (interval == 1) {
      return whole;
    }
    // Guidance may be at work at some steps only: other rows, other features.
    boolean reuses = step % interval != 0 && features.size() == whole.size();
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < whole.size(); i++) {
      rows.add(
          reuses
              ? whole.get(i).with(DEEP_FEATURES, features.get(i))
              : whole.get(i).with(KEEP_DEEP_FEATURES, Tensors.number(1)));
    }
    return rows;
  }

  /** Keeps what a whole step gave. */
  void accept(List<Map<String, HostTensor.Floats>> outputs) {
    if (interval > 1 && outputs.get(0).containsKey(DEEP_FEATURES)) {
      features = outputs.stream().map(output -> output.get(DEEP_FEATURES)).toList();
    }
  }

  /** Of the last whole step, for each row; empty for none. */
  List<HostTensor.Floats> features() {
    return features;
  }

  void restore(List<HostTensor.Floats> saved) {
    features = List.copyOf(saved);
  }
}
