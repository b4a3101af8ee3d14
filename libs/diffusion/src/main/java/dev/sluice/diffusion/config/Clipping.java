package dev.sluice.diffusion.config;

import dev.sluice.diffusion.math.FloatMath;
import dev.sluice.diffusion.math.Quantile;

/** What is done to a predicted clean sample that leaves the range of the training data. */
public final class Clipping {

  /** Nothing is done. */
  public static final Clipping NONE = new Clipping(false, false, 1, 1, 1);

  private final boolean dynamic;
  private final boolean fixed;
  private final float range;
  private final float percentile;
  private final float maximum;

  private Clipping(boolean dynamic, boolean fixed, float range, float percentile, float maximum) {
    this.dynamic = dynamic;
    this.fixed = fixed;
    this.range = range;
    this.percentile = percentile;
    this.maximum = maximum;
  }

  public static Clipping of(SchedulerMembers config, boolean clipByDefault) {
    return new Clipping(
        config.flag("thresholding", false),
        config.flag("clip_sample", clipByDefault),
        (float) config.real("clip_sample_range", 1),
        (float) config.real("dynamic_thresholding_ratio", 0.995),
        (float) config.real("sample_max_value", 1));
  }

  /** For the classes that know thresholding only. */
  public static Clipping thresholdOnly(SchedulerMembers config) {
    Clipping all = of(config, false);
    return new Clipping(all.dynamic, false, all.range, all.percentile, all.maximum);
  }

  /** Clips {@code batch} samples, in place. */
  public float[] apply(float[] original, int batch) {
    if (dynamic) {
      int length = original.length / batch;
      for (int b = 0; b < batch; b++) {
        threshold(original, b * length, (b + 1) * length);
      }
    } else if (fixed) {
      FloatMath.clamp(original, range);
    }
    return original;
  }

  public boolean isDynamic() {
    return dynamic;
  }

  /**
   * Dynamic thresholding, Imagen (Saharia et al. 2022), section 2.3: a percentile s of the absolute
   * values takes the place of 1 where it is larger, and the sample is divided by it.
   */
  private void threshold(float[] x, int begin, int end) {
    float[] magnitudes = new float[end - begin];
    for (int i = begin; i < end; i++) {
      magnitudes[i - begin] = Math.abs(x[i]);
    }
    float limit = Math.min(Math.max(Quantile.of(magnitudes, percentile), 1), maximum);
    for (int i = begin; i < end; i++) {
      x[i] = Math.max(-limit, Math.min(limit, x[i])) / limit;
    }
  }
}
