package dev.sluice.diffusion;

/**
 * Euler's method along the straight paths of rectified flow: Esser et al. 2024, "Scaling Rectified
 * Flow Transformers" (Stable Diffusion 3), with the timestep shift of its equation 23. Draws no
 * noise.
 */
final class FlowMatchEulerSampler extends TrainedSampler {

  private final double shift;
  private final boolean dynamic;

  FlowMatchEulerSampler(SchedulerConfig config) {
    super(config, null, PredictionType.FLOW);
    this.shift = config.real("shift", 1);
    this.dynamic = config.flag("use_dynamic_shifting", false);
  }

  @Override
  SamplingPlan planned(SamplingOptions options) {
    double[] timesteps =
        TimestepSpacing.linspace(
            trainedSigma(trainTimesteps()) * (double) trainTimesteps(),
            trainedSigma(1) * (double) trainTimesteps(),
            options.steps());
    float[] sigmas = new float[timesteps.length + 1];
    double[] told = new double[timesteps.length];
    for (int i = 0; i < timesteps.length; i++) {
      double sigma = timesteps[i] / trainTimesteps();
      sigmas[i] = (float) (dynamic ? dynamicallyShifted(sigma, options) : shifted(sigma));
      told[i] = sigmas[i] * trainTimesteps();
    }
    return new Plan(told, sigmas);
  }

  /** The noise level of a training timestep from 1 up, in the float32 in which diffusers has it. */
  private float trainedSigma(int t) {
    float sigma = (float) t / trainTimesteps();
    return dynamic ? sigma : (float) shift * sigma / (1 + (float) (shift - 1) * sigma);
  }

  /** Equation 23, with shift = sqrt(m / n). */
  private double shifted(double sigma) {
    return shift * sigma / (1 + (shift - 1) * sigma);
  }

  private double dynamicallyShifted(double sigma, SamplingOptions options) {
    double mu =
        options
            .shift()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        name() + " with use_dynamic_shifting needs a shift mu in its options"));
    return Math.exp(mu) / (Math.exp(mu) + (1 / sigma - 1));
  }

  private static final class Plan extends SamplingPlan {

    private final float[] sigmas;

    Plan(double[] timesteps, float[] sigmas) {
      super(timesteps);
      this.sigmas = sigmas;
    }

    @Override
    public float[] sigmas() {
      return sigmas.clone();
    }

    @Override
    public float[] addNoise(float[] original, float[] noise, float timestep) {
      float sigma = sigmas[indexOf(timestep)];
      return FloatMath.combine(sigma, noise, 1 - sigma, original);
    }

    @Override
    public NoiseLevel level(int i) {
      return new NoiseLevel(1 - sigmas[i], sigmas[i], PredictionType.FLOW);
    }

    @Override
    StepResult step(RunMemory memory, ModelOutput output, float[] sample, NoiseSource noise) {
      float sigma = sigmas[memory.index];
      float[] velocity = output.prediction();
      float[] next = FloatMath.addTo(sample.clone(), sigmas[memory.index + 1] - sigma, velocity);
      return new StepResult(next, FloatMath.addTo(sample.clone(), -sigma, velocity));
    }
  }
}
