package dev.sluice.diffusion;

/**
 * A sampler's timesteps and coefficients for one choice of options. Immutable: one plan serves any
 * number of runs, in any threads.
 */
public abstract class SamplingPlan {

  private static final float[] NO_SIGMAS = {};

  private final float[] timesteps;

  SamplingPlan(double[] timesteps) {
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

  /**
   * Noises a clean sample to the level at which a run would reach {@code timestep}, to start there
   * (image to image).
   *
   * @param timestep one of {@link #timesteps()}; for samplers on alpha-bars any training timestep
   */
  public abstract float[] addNoise(float[] original, float[] noise, float timestep);

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
  float[] scaleInput(int i, float[] sample) {
    return sample;
  }

  /** One step; {@code memory} says which, and keeps what later steps need. */
  abstract StepResult step(RunMemory memory, ModelOutput output, float[] sample, NoiseSource noise);

  /** The index of a timestep; the second of two equal ones, as in diffusers. */
  final int indexOf(float timestep) {
    int first = -1;
    for (int i = 0; i < timesteps.length; i++) {
      if (timesteps[i] == timestep) {
        if (first >= 0) {
          return i;
        }
        first = i;
      }
    }
    if (first < 0) {
      throw new IllegalArgumentException("timestep " + timestep + " is not one of this plan's");
    }
    return first;
  }

  /**
   * The first step that leads from numbers to what is none; -1 if all are sound. Coefficients are
   * the same for all values of a sample, so that one is enough to try.
   */
  final int firstUnusable() {
    SamplingRun run = start(1, 1);
    float[] sample = {initNoiseSigma()};
    while (!run.finished()) {
      int step = run.index();
      float[] input = run.scaleInput(sample);
      float[] answer = {(float) Math.cos(step), 0.5f};
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
