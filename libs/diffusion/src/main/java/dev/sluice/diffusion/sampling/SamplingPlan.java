package dev.sluice.diffusion.sampling;

import dev.sluice.diffusion.prediction.ModelOutput;
import dev.sluice.diffusion.prediction.NoiseLevel;
import dev.sluice.diffusion.random.NoiseSource;

/**
 * A sampler's timesteps and coefficients for one choice of options. Immutable: one plan serves any
 * number of runs, in any threads.
 */
public abstract class SamplingPlan {

  private static final float[] NO_SIGMAS = {};

  /** By how much of itself a timestep may differ that another library computed. */
  private static final float ROUNDING = 1e-4f;

  private final float[] timesteps;

  protected SamplingPlan(double[] timesteps) {
    this.timesteps = new float[timesteps.length];
    for (int i = 0; i < timesteps.length; i++) {
      this.timesteps[i] = (float) timesteps[i];
    }
  }

  /**
   * The number of network calls. Not always the number of steps asked for: PNDM adds calls to warm
   * up.
   */
  public final int length() {
    return timesteps.length;
  }

  /** What the network is told at step {@code i}, from 0 to {@link #length()} - 1. */
  public final float timestep(int i) {
    return timesteps[i];
  }

  /** {@link #timestep} of every step, in the order of sampling. */
  public final float[] timesteps() {
    return timesteps.clone();
  }

  /**
   * The noise level of every step and, last, of the result; empty for the samplers that work on
   * alpha-bars.
   */
  public float[] sigmas() {
    return NO_SIGMAS;
  }

  /** The standard deviation that the initial noise must have. */
  public float initNoiseSigma() {
    return 1;
  }

  /** Pure noise to start from: {@link #initNoiseSigma()} times normal noise. */
  public final float[] initialSample(NoiseSource noise, int... shape) {
    float[] sample = noise.randn(elements(shape));
    float scale = initNoiseSigma();
    if (scale != 1) {
      for (int i = 0; i < sample.length; i++) {
        sample[i] *= scale;
      }
    }
    return sample;
  }

  /** How many network calls make a whole step; a run from a picture starts with a whole one. */
  public int questionsPerStep() {
    return 1;
  }

  /**
   * Noises a clean sample to the level that a run has before a step, to start there (image to
   * image).
   *
   * @param step from 0 to {@link #length()} - 1
   */
  public abstract float[] noised(int step, float[] original, float[] noise);

  /**
   * Noises a clean sample to the level of a timestep.
   *
   * @param timestep one of {@link #timesteps()}, give or take a rounding; for samplers on
   *     alpha-bars any training timestep
   */
  public float[] addNoise(float[] original, float[] noise, float timestep) {
    return noised(stepAt(timestep), original, noise);
  }

  /**
   * Starts a run at the first step.
   *
   * @param shape {@code [batch, channels, height, width]} or {@code [batch, features]}
   */
  public final SamplingRun start(int... shape) {
    return startAt(0, shape);
  }

  /** Starts a run at step {@code begin}, from a sample made by {@link #addNoise}. */
  public final SamplingRun startAt(int begin, int... shape) {
    if (begin < 0 || begin > length()) {
      throw new IllegalArgumentException(
          "cannot start at step " + begin + "; expected 0 to " + length());
    }
    return new SamplingRun(this, shape, begin);
  }

  /** Goes on with a run that was exported by {@link SamplingRun#state()}, here or elsewhere. */
  public final SamplingRun resume(RunState state) {
    if (state.begin() < 0 || state.begin() > state.index() || state.index() > length()) {
      throw new IllegalArgumentException(
          "the state is at step %d of a run from step %d; expected a run within %d steps"
              .formatted(state.index(), state.begin(), length()));
    }
    return new SamplingRun(this, state);
  }

  /** What the network's input at step {@code i} is made of. */
  public abstract NoiseLevel level(int i);

  /** The network's input for a sample at step {@code i}; may be the sample itself. */
  protected float[] scaleInput(int i, float[] sample) {
    return sample;
  }

  /** One step; {@code memory} says which, and keeps what later steps need. */
  protected abstract StepResult step(
      RunMemory memory, ModelOutput output, float[] sample, NoiseSource noise);

  /** The step of the nearest timestep; the second of two equal ones, as in diffusers. */
  private int stepAt(float timestep) {
    int nearest = 0;
    boolean repeated = false;
    for (int i = 1; i < timesteps.length; i++) {
      float nearer = Math.abs(timesteps[nearest] - timestep) - Math.abs(timesteps[i] - timestep);
      if (nearer > 0 || (nearer == 0 && !repeated)) {
        repeated = nearer == 0;
        nearest = i;
      }
    }
    if (!(Math.abs(timesteps[nearest] - timestep) <= ROUNDING * (1 + Math.abs(timestep)))) {
      throw new IllegalArgumentException("timestep " + timestep + " is not one of this plan's");
    }
    return nearest;
  }

  /**
   * The first step that leads from numbers to what is none; -1 if all are sound. Coefficients are
   * the same for all values of a sample, so that one is enough to try.
   */
  public final int firstUnusable() {
    SamplingRun run = start(1, 1);
    float[] sample = {initNoiseSigma()};
    while (!run.finished()) {
      int step = run.index();
      float[] input = run.scaleInput(sample);
      float[] answer = {0.7f * (float) Math.cos(step), 0.5f};
      sample = run.step(answer, sample, float[]::new).sample();
      if (!Float.isFinite(timesteps[step])
          || !Float.isFinite(input[0])
          || !Float.isFinite(sample[0])) {
        return step;
      }
    }
    return -1;
  }

  static int elements(int... shape) {
    long elements = 1;
    for (int dimension : shape) {
      if (dimension < 1) {
        throw new IllegalArgumentException(
            "a shape has the dimension " + dimension + "; expected 1 or more");
      }
      elements = Math.multiplyExact(elements, (long) dimension);
    }
    return Math.toIntExact(elements);
  }
}
