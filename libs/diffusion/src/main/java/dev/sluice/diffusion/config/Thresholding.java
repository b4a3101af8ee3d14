package dev.sluice.diffusion.config;

import java.util.Map;

/**
 * What a request wants done to predicted clean samples that leave the range of the training data,
 * in place of what the model's scheduler says: Imagen (Saharia et al. 2022), section 2.3.
 */
public sealed interface Thresholding {

  /** The members of a {@code scheduler_config.json} that say so. */
  Map<String, ?> members();

  /** Nothing is done. */
  record None() implements Thresholding {

    @Override
    public Map<String, ?> members() {
      return Map.of("thresholding", false, "clip_sample", false);
    }
  }

  /**
   * Static thresholding: values are cut off.
   *
   * @param range the largest magnitude left, above 0; 1 where samples are pictures
   */
  record Fixed(double range) implements Thresholding {

    public Fixed {
      if (!(range > 0 && Double.isFinite(range))) {
        throw new IllegalArgumentException(
            "static_threshold is " + range + "; expected a positive number");
      }
    }

    @Override
    public Map<String, ?> members() {
      return Map.of("thresholding", false, "clip_sample", true, "clip_sample_range", range);
    }
  }

  /**
   * Dynamic thresholding: values are cut off at a quantile of their magnitudes, where that is above
   * 1, and then divided by it.
   *
   * @param quantile above 0 and up to 1; Imagen's is 0.995
   * @param most the largest that the threshold becomes, 1 or more, or infinite
   */
  record Dynamic(double quantile, double most) implements Thresholding {

    public Dynamic {
      if (!(quantile > 0 && quantile <= 1)) {
        throw new IllegalArgumentException(
            "dynamic_threshold is " + quantile + "; expected a share above 0 and up to 1");
      }
      if (!(most >= 1)) {
        throw new IllegalArgumentException(
            "dynamic_threshold_max is " + most + "; expected 1 or more");
      }
    }

    @Override
    public Map<String, ?> members() {
      // A config's numbers are finite; no sample is larger than this one.
      return Map.of(
          "thresholding",
          true,
          "dynamic_thresholding_ratio",
          quantile,
          "sample_max_value",
          Math.min(most, Float.MAX_VALUE));
    }
  }
}
