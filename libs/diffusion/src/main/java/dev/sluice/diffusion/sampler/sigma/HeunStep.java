package dev.sluice.diffusion.sampler.sigma;

import dev.sluice.diffusion.math.FloatMath;
import dev.sluice.diffusion.sampling.RunMemory;

/** The two halves of a step by Heun's method: along the first slope, and along the mean of both. */
public final class HeunStep {

  private static final String BASE = "base";
  private static final String SLOPE = "slope";

  private HeunStep() {}

  /** Whether a step is half made. */
  public static boolean isSecond(RunMemory memory) {
    return memory.tensors().containsKey(BASE);
  }

  /** Euler's step, from which the second half starts again. */
  public static float[] first(RunMemory memory, float[] sample, float[] slope, float length) {
    memory.tensors().put(BASE, sample.clone());
    memory.tensors().put(SLOPE, slope.clone());
    return FloatMath.addTo(sample.clone(), length, slope);
  }

  /** The same step along the mean of the slopes at its ends. */
  public static float[] second(RunMemory memory, float[] slope, float length) {
    float[] base = memory.recall(BASE);
    float[] first = memory.recall(SLOPE);
    float[] next = new float[base.length];
    for (int i = 0; i < next.length; i++) {
      next[i] = base[i] + (first[i] + slope[i]) / 2 * length;
    }
    memory.tensors().remove(BASE);
    memory.tensors().remove(SLOPE);
    return next;
  }
}
