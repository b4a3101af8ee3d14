package dev.sluice.diffusion.sampling;

import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** What one generation asks of its sampler. Immutable. */
public final class SamplingOptions {

  private static final int HIGHEST_ORDER = 4;

  private int steps;
  private int[] timesteps;
  private double[] sigmas;
  private OptionalDouble eta = OptionalDouble.empty();
  private boolean clippedNoise;
  private Churn churn = Churn.NONE;
  private OptionalDouble shift = OptionalDouble.empty();
  private int imageTokens;
  private OptionalInt originalSteps = OptionalInt.empty();
  private double strength = 1;
  private int order = HIGHEST_ORDER;

  private SamplingOptions(int steps) {
    this.steps = steps;
  }

  private SamplingOptions with(Consumer<SamplingOptions> change) {
    SamplingOptions copy = new SamplingOptions(steps);
    copy.timesteps = timesteps;
    copy.sigmas = sigmas;
    copy.eta = eta;
    copy.clippedNoise = clippedNoise;
    copy.churn = churn;
    copy.shift = shift;
    copy.imageTokens = imageTokens;
    copy.originalSteps = originalSteps;
    copy.strength = strength;
    copy.order = order;
    change.accept(copy);
    return copy;
  }

  /** That many steps, spaced as the sampler's configuration says. */
  public static SamplingOptions ofSteps(int steps) {
    if (steps < 1) {
      throw new IllegalArgumentException("steps is " + steps + "; expected 1 or more");
    }
    return new SamplingOptions(steps);
  }

  /** The given training timesteps, strictly descending. */
  public static SamplingOptions ofTimesteps(int... timesteps) {
    if (timesteps.length == 0) {
      throw new IllegalArgumentException("the list of timesteps is empty");
    }
    for (int i = 1; i < timesteps.length; i++) {
      if (timesteps[i] >= timesteps[i - 1]) {
        throw new IllegalArgumentException(
            "timesteps must descend, but %d follows %d".formatted(timesteps[i], timesteps[i - 1]));
      }
    }
    return ofSteps(timesteps.length).with(copy -> copy.timesteps = timesteps.clone());
  }

  /**
   * The given noise levels, strictly descending. For {@code EulerDiscreteScheduler} the last is the
   * result's, mostly 0; for flow matching, which shifts them, it is the last step's.
   */
  public static SamplingOptions ofSigmas(double... sigmas) {
    if (sigmas.length < 2) {
      throw new IllegalArgumentException("sigmas needs 2 or more levels, found " + sigmas.length);
    }
    for (int i = 0; i < sigmas.length; i++) {
      if (!(sigmas[i] >= 0 && Double.isFinite(sigmas[i]))) {
        throw new IllegalArgumentException("a sigma is " + sigmas[i] + "; expected 0 or more");
      }
      if (i > 0 && sigmas[i] >= sigmas[i - 1]) {
        throw new IllegalArgumentException(
            "sigmas must descend, but %s follows %s".formatted(sigmas[i], sigmas[i - 1]));
      }
    }
    return ofSteps(sigmas.length).with(copy -> copy.sigmas = sigmas.clone());
  }

  /**
   * DDIM's share of fresh noise, from 0 (deterministic) to 1 (as DDPM), and TCD's; 0 for the one
   * and 0.3 for the other if it is not given. Others ignore it.
   */
  public SamplingOptions withEta(double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("eta is " + share + "; expected 0 to 1");
    }
    return with(copy -> copy.eta = OptionalDouble.of(share));
  }

  /** DDIM's noise is told from x_0 after that was clipped; others ignore it. */
  public SamplingOptions withClippedNoise() {
    return with(copy -> copy.clippedNoise = true);
  }

  /** Euler's added noise; others ignore it. */
  public SamplingOptions withChurn(Churn added) {
    return with(copy -> copy.churn = added);
  }

  /** Flow matching's dynamic shift mu; others ignore it. */
  public SamplingOptions withShift(double mu) {
    return with(copy -> copy.shift = OptionalDouble.of(mu));
  }

  /**
   * How many tokens a transformer sees a picture as; flow matching tells its dynamic shift from it
   * if that is not given. Others ignore it.
   *
   * @param count 0 for not known
   */
  public SamplingOptions withImageTokens(int count) {
    return with(copy -> copy.imageTokens = count);
  }

  /** The steps that a consistency model was distilled for; others ignore it. */
  public SamplingOptions withOriginalSteps(int count) {
    return with(copy -> copy.originalSteps = OptionalInt.of(count));
  }

  /**
   * How far up their schedule consistency models begin; others ignore it.
   *
   * @param share above 0 and up to 1
   */
  public SamplingOptions withStrength(double share) {
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException("strength is " + share + "; expected above 0 and up to 1");
    }
    return with(copy -> copy.strength = share);
  }

  /**
   * The order of the linear multistep method; others ignore it.
   *
   * @param highest that steps reach, 1 to 4; 4 if it is not given
   */
  public SamplingOptions withOrder(int highest) {
    if (highest < 1 || highest > HIGHEST_ORDER) {
      throw new IllegalArgumentException(
          "order is %d; expected 1 to %d".formatted(highest, HIGHEST_ORDER));
    }
    return with(copy -> copy.order = highest);
  }

  /** The same for another number of steps. */
  public SamplingOptions withSteps(int count) {
    return with(copy -> copy.steps = count);
  }

  public int steps() {
    return steps;
  }

  public boolean hasTimesteps() {
    return timesteps != null;
  }

  public double[] timesteps() {
    return Arrays.stream(timesteps).asDoubleStream().toArray();
  }

  public boolean hasSigmas() {
    return sigmas != null;
  }

  public double[] sigmas() {
    return sigmas.clone();
  }

  /** Whether the steps are a list, and not a number of them. */
  public boolean isList() {
    return hasTimesteps() || hasSigmas();
  }

  public OptionalDouble eta() {
    return eta;
  }

  public boolean hasClippedNoise() {
    return clippedNoise;
  }

  public Churn churn() {
    return churn;
  }

  public OptionalDouble shift() {
    return shift;
  }

  public int imageTokens() {
    return imageTokens;
  }

  public OptionalInt originalSteps() {
    return originalSteps;
  }

  public int order() {
    return order;
  }

  public double strength() {
    return strength;
  }
}
