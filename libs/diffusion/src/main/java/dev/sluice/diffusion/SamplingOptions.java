package dev.sluice.diffusion;

import java.util.Arrays;
import java.util.OptionalDouble;

/** What one generation asks of its sampler. Immutable. */
public final class SamplingOptions {

  private final int steps;
  private final int[] timesteps;
  private final double eta;
  private final Churn churn;
  private final OptionalDouble shift;

  private SamplingOptions(
      int steps, int[] timesteps, double eta, Churn churn, OptionalDouble shift) {
    this.steps = steps;
    this.timesteps = timesteps;
    this.eta = eta;
    this.churn = churn;
    this.shift = shift;
  }

  /** That many steps, spaced as the sampler's configuration says. */
  public static SamplingOptions ofSteps(int steps) {
    if (steps < 1) {
      throw new IllegalArgumentException("steps is " + steps + "; expected 1 or more");
    }
    return new SamplingOptions(steps, null, 0, Churn.NONE, OptionalDouble.empty());
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
    return new SamplingOptions(
        timesteps.length, timesteps.clone(), 0, Churn.NONE, OptionalDouble.empty());
  }

  /** DDIM's share of fresh noise, from 0 (deterministic) to 1 (as DDPM); others ignore it. */
  public SamplingOptions withEta(double eta) {
    if (!(eta >= 0 && eta <= 1)) {
      throw new IllegalArgumentException("eta is " + eta + "; expected 0 to 1");
    }
    return new SamplingOptions(steps, timesteps, eta, churn, shift);
  }

  /** Euler's added noise; others ignore it. */
  public SamplingOptions withChurn(Churn churn) {
    return new SamplingOptions(steps, timesteps, eta, churn, shift);
  }

  /** Flow matching's dynamic shift mu; others ignore it. */
  public SamplingOptions withShift(double mu) {
    return new SamplingOptions(steps, timesteps, eta, churn, OptionalDouble.of(mu));
  }

  /** The same for another number of steps. */
  SamplingOptions withSteps(int count) {
    return new SamplingOptions(count, null, eta, churn, shift);
  }

  public int steps() {
    return steps;
  }

  public boolean hasTimesteps() {
    return timesteps != null;
  }

  double[] timesteps() {
    return Arrays.stream(timesteps).asDoubleStream().toArray();
  }

  public double eta() {
    return eta;
  }

  public Churn churn() {
    return churn;
  }

  public OptionalDouble shift() {
    return shift;
  }
}
