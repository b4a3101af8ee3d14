package dev.sluice.pipeline.draw;

/**
 * How codes are drawn from the odds that a network gives.
 *
 * @param temperature what logits are divided by, 0 or more; 0 takes the likeliest
 * @param topK how many of the likeliest codes are drawn from (Fan et al. 2018, section 5.4); 0 for
 *     all
 */
public record Drawing(double temperature, int topK) {

  /** By the network's own odds. */
  public static final Drawing PLAIN = new Drawing(1, 0);

  public Drawing {
    if (!(temperature >= 0 && Double.isFinite(temperature))) {
      throw new IllegalArgumentException("temperature is " + temperature + "; expected 0 or more");
    }
    if (topK < 0) {
      throw new IllegalArgumentException("top_k is " + topK + "; expected 0 or more");
    }
  }
}
