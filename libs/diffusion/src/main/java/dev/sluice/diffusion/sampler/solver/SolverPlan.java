package dev.sluice.diffusion.sampler.solver;

import static dev.sluice.diffusion.prediction.PredictionType.EPSILON;
import static dev.sluice.diffusion.prediction.PredictionType.V_PREDICTION;

import dev.sluice.diffusion.config.Clipping;
import dev.sluice.diffusion.math.FloatMath;
import dev.sluice.diffusion.prediction.NoiseLevel;
import dev.sluice.diffusion.prediction.PredictionType;
import dev.sluice.diffusion.sampling.RunMemory;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.diffusion.schedule.SigmaLadder;

/** A plan of a solver that steps in lambda, and remembers what the network said before. */
abstract class SolverPlan extends SamplingPlan {

  /** Outputs converted at earlier steps: {@code output.1} is the step before. */
  private static final String OUTPUT = "output.";

  private final float[] sigmas;
  private final Level[] levels;
  private final PredictionType prediction;
  private final Clipping clipping;

  SolverPlan(SigmaLadder ladder, Level.Form form, PredictionType prediction, Clipping clipping) {
    super(ladder.timesteps());
    this.sigmas = ladder.sigmas();
    this.levels = Level.all(form, sigmas);
    this.prediction = prediction;
    this.clipping = clipping;
  }

  /** The level at a step; that of the result is the last. */
  final Level at(int step) {
    return levels[step];
  }

  final float sigma(int step) {
    return sigmas[step];
  }

  @Override
  public final float[] sigmas() {
    return sigmas.clone();
  }

  @Override
  public float[] noised(int step, float[] original, float[] noise) {
    Level level = levels[step];
    return FloatMath.combine(level.alpha(), original, level.sigma(), noise);
  }

  @Override
  public NoiseLevel level(int i) {
    return new NoiseLevel(levels[i].alpha(), levels[i].sigma(), prediction);
  }

  /** x_0 as the network sees it. */
  float[] original(float[] output, float[] sample, int step, int batch) {
    Level level = levels[step];
    float[] original = new float[sample.length];
    for (int i = 0; i < original.length; i++) {
      original[i] =
          switch (prediction) {
            case EPSILON -> (sample[i] - level.sigma() * output[i]) / level.alpha();
            case SAMPLE -> output[i];
            case V_PREDICTION -> level.alpha() * sample[i] - level.sigma() * output[i];
            case FLOW -> sample[i] - level.sigma() * output[i];
          };
    }
    return clipping.apply(original, batch);
  }

  /** The noise as the network sees it; from x_0 again if that was thresholded. */
  final float[] epsilon(float[] output, float[] original, float[] sample, int step) {
    Level level = levels[step];
    if (prediction == EPSILON && !clipping.isDynamic()) {
      return output;
    }
    if (prediction == V_PREDICTION && !clipping.isDynamic()) {
      return FloatMath.combine(level.alpha(), output, level.sigma(), sample);
    }
    return noiseBeside(original, sample, step);
  }

  /** The noise in a sample of a known x_0. */
  final float[] noiseBeside(float[] original, float[] sample, int step) {
    Level level = levels[step];
    float[] epsilon = new float[sample.length];
    for (int i = 0; i < epsilon.length; i++) {
      epsilon[i] = (sample[i] - level.alpha() * original[i]) / level.sigma();
    }
    return epsilon;
  }

  /** Remembers an output as that of one step ago, and of those before as many as are needed. */
  static void remember(RunMemory memory, float[] converted, int most) {
    for (int age = most; age > 1; age--) {
      float[] younger = memory.tensors().get(OUTPUT + (age - 1));
      if (younger != null) {
        memory.tensors().put(OUTPUT + age, younger);
      }
    }
    if (most > 0) {
      memory.tensors().put(OUTPUT + 1, converted.clone());
    }
  }

  /** The output of some steps ago, from 1. */
  static float[] recalled(RunMemory memory, int age) {
    return memory.recall(OUTPUT + age);
  }
}
