package dev.sluice.pipeline.guidance;

import dev.sluice.pipeline.request.Sampling;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * How a step asks the network and what it makes of the answers: a layer between a sampler, which
 * wants one prediction, and the network's rows. Immutable.
 */
public interface Guidance {

  /** What the network is asked at every step, one row each. */
  List<Condition> conditions();

  /**
   * The prediction that the sampler is given.
   *
   * @param predictions the network's answers in the order of {@link #conditions()}; each as long as
   *     the sample, or twice as long if the network also predicts a variance
   * @param sampleLength the number of values of the sample
   */
  float[] combine(List<float[]> predictions, int sampleLength);

  /** What is left when classifier-free guidance is not wanted: the condition alone. */
  Guidance unguided();

  /** One row, its answer as it is. */
  static Guidance none(Condition condition) {
    return new Unguided(condition);
  }

  /**
   * Classifier-free guidance (Ho and Salimans 2022), in GLIDE's form (Nichol et al. 2022, equation
   * 8), as a request wants it. Scales up to 1 are the conditional answer, which costs one row only;
   * as in diffusers, nothing is then asked of {@code unconditional}, which may not exist.
   */
  static Guidance classifierFree(
      Supplier<Condition> unconditional, Condition conditional, Sampling sampling) {
    return sampling.guidanceScale() <= 1
        ? new Unguided(conditional)
        : new ClassifierFreeGuidance(
            unconditional.get(),
            conditional,
            sampling.guidanceScale(),
            sampling.guidance().rescale());
  }

  /** Another guidance's prediction without the variance that the network also predicts. */
  static Guidance withoutVariance(Guidance guidance) {
    return new WithoutVariance(guidance);
  }

  /** See {@link #withoutVariance}. */
  record WithoutVariance(Guidance guidance) implements Guidance {

    @Override
    public Guidance unguided() {
      return new WithoutVariance(guidance.unguided());
    }

    @Override
    public List<Condition> conditions() {
      return guidance.conditions();
    }

    @Override
    public float[] combine(List<float[]> predictions, int sampleLength) {
      return Arrays.copyOf(guidance.combine(predictions, sampleLength), sampleLength);
    }
  }

  /** See {@link #none}. */
  record Unguided(Condition condition) implements Guidance {

    @Override
    public Guidance unguided() {
      return this;
    }

    @Override
    public List<Condition> conditions() {
      return List.of(condition);
    }

    @Override
    public float[] combine(List<float[]> predictions, int sampleLength) {
      return predictions.get(0);
    }
  }
}
