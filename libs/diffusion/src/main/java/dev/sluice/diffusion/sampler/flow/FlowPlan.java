package dev.sluice.diffusion.sampler.flow;

import dev.sluice.diffusion.math.FloatMath;
import dev.sluice.diffusion.prediction.NoiseLevel;
import dev.sluice.diffusion.prediction.PredictionType;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.diffusion.schedule.SigmaLadder;
import dev.sluice.diffusion.schedule.TimestepSpacing;

/** A plan along the straight paths x = (1 - sigma) x_0 + sigma n of rectified flow. */
abstract class FlowPlan extends SamplingPlan {

  private final float[] sigmas;

  FlowPlan(SigmaLadder ladder) {
    super(ladder.timesteps());
    this.sigmas = ladder.sigmas();
  }

  final float sigma(int i) {
    return sigmas[i];
  }

  final int intervals() {
    return sigmas.length - 1;
  }

  @Override
  public final float[] sigmas() {
    return sigmas.clone();
  }

  @Override
  public final float[] noised(int step, float[] original, float[] noise) {
    return FloatMath.combine(sigmas[step], noise, 1 - sigmas[step], original);
  }

  @Override
  public final NoiseLevel level(int i) {
    return new NoiseLevel(1 - sigmas[i], sigmas[i], PredictionType.FLOW);
  }

  /** Timesteps and levels from before they are shifted: evenly from the highest to the lowest. */
  static double[] even(FlowShift shift, int trainTimesteps, int steps) {
    double[] sigmas =
        TimestepSpacing.linspace(
            trained(shift, trainTimesteps, trainTimesteps) * (double) trainTimesteps,
            trained(shift, trainTimesteps, 1) * (double) trainTimesteps,
            steps);
    for (int i = 0; i < steps; i++) {
      sigmas[i] /= trainTimesteps;
    }
    return sigmas;
  }

  /** The noise level of a training timestep from 1 up, in the float32 in which diffusers has it. */
  private static float trained(FlowShift shift, int trainTimesteps, int t) {
    float sigma = (float) t / trainTimesteps;
    float factor = (float) shift.fixed();
    return shift.isDynamic() ? sigma : factor * sigma / (1 + (float) (shift.fixed() - 1) * sigma);
  }

  /** A ladder whose timesteps are its levels in units of the training timesteps. */
  static SigmaLadder told(double[] sigmas, int trainTimesteps, float last) {
    SigmaLadder ladder = SigmaLadder.of(new double[sigmas.length], sigmas, last);
    double[] timesteps = ladder.timesteps();
    for (int i = 0; i < timesteps.length; i++) {
      timesteps[i] = ladder.sigmas()[i] * trainTimesteps;
    }
    return ladder;
  }
}
