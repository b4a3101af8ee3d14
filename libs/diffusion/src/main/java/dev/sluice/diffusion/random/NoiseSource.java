package dev.sluice.diffusion.random;

/** Where a sampler takes its random numbers from, when a step needs some. */
@FunctionalInterface
public interface NoiseSource {

  /** {@code count} independent draws from N(0, 1), in the order of the sample's elements. */
  float[] randn(int count);

  /** For samplers that are known to draw nothing; drawing is an error. */
  static NoiseSource none() {
    return count -> {
      throw new IllegalStateException("this step draws noise, but it was given no source of it");
    };
  }
}
