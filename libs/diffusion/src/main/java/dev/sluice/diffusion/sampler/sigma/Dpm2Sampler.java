package dev.sluice.diffusion.sampler.sigma;

import static dev.sluice.diffusion.prediction.PredictionType.EPSILON;
import static dev.sluice.diffusion.prediction.PredictionType.V_PREDICTION;

import dev.sluice.diffusion.config.SchedulerMembers;
import dev.sluice.diffusion.math.FloatMath;
import dev.sluice.diffusion.prediction.ModelOutput;
import dev.sluice.diffusion.random.NoiseSource;
import dev.sluice.diffusion.sampling.RunMemory;
import dev.sluice.diffusion.sampling.SamplingOptions;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.diffusion.sampling.StepResult;
import dev.sluice.diffusion.schedule.SigmaLadder;

/**
 * The midpoint method on the probability flow, with the midpoint in log sigma: Karras et al. 2022,
 * algorithm 2 in the form of DPM-Solver-2 (Crowson's k-diffusion, {@code sample_dpm_2} and {@code
 * sample_dpm_2_ancestral}). Each step but the last asks the network at its begin and its middle,
 * and each question counts as a step. The ancestral form draws noise at every second one.
 */
public final class Dpm2Sampler extends SigmaSampler {

  private static final String BASE = "base";

  private final boolean ancestral;

  private Dpm2Sampler(SchedulerMembers config, boolean ancestral) {
    super(config, config.schedule(), config.prediction(EPSILON, V_PREDICTION));
    this.ancestral = ancestral;
  }

  public static Dpm2Sampler ordinary(SchedulerMembers config) {
    return new Dpm2Sampler(config, false);
  }

  public static Dpm2Sampler ancestral(SchedulerMembers config) {
    return new Dpm2Sampler(config, true);
  }

  @Override
  protected SamplingPlan planned(SamplingOptions options) {
    Rungs rungs = rungs(options);
    double[] timesteps = rungs.timesteps();
    int steps = timesteps.length;
    if (choice().isKarras()) {
      for (int i = 0; i < steps; i++) {
        timesteps[i] = Math.rint(timesteps[i]);
      }
    }
    float[] sigmas = SigmaLadder.of(timesteps, rungs.sigmas(), 0).sigmas();
    float[] middles = new float[steps];
    float[] ends = new float[steps];
    float[] ups = new float[steps];
    for (int i = 0; i < steps - 1; i++) {
      EulerAncestralSampler.Division division =
          ancestral
              ? EulerAncestralSampler.Division.of(sigmas[i], sigmas[i + 1])
              : new EulerAncestralSampler.Division(0, sigmas[i + 1]);
      ups[i] = division.up();
      ends[i] = division.down();
      float log = FloatMath.log(ends[i]);
      middles[i] = FloatMath.exp(log - (log - FloatMath.log(sigmas[i])) * 0.5f);
    }
    return new Plan(told(timesteps, middles), doubled(sigmas), middles, ends, ups);
  }

  private double[] told(double[] timesteps, float[] middles) {
    double[] between = new double[middles.length];
    for (int i = 0; i < between.length; i++) {
      between[i] = middles[i];
    }
    double[] inner = SigmaLadder.timestepsOf(between, schedule.sigmas());
    double[] told = new double[2 * timesteps.length - 1];
    for (int i = 0; i < told.length; i++) {
      told[i] = i % 2 == 0 ? timesteps[i / 2] : inner[i / 2];
    }
    return told;
  }

  /** Every level but the first twice, and once more zero, as diffusers lists them. */
  private static float[] doubled(float[] sigmas) {
    float[] doubled = new float[2 * sigmas.length];
    for (int i = 0; i < doubled.length - 1; i++) {
      doubled[i] = sigmas[(i + 1) / 2];
    }
    return doubled;
  }

  private final class Plan extends SigmaPlan {

    /** Of each step between two levels. */
    private final float[] middles;

    private final float[] ends;
    private final float[] ups;

    Plan(double[] told, float[] sigmas, float[] middles, float[] ends, float[] ups) {
      super(new SigmaLadder(told, sigmas), Dpm2Sampler.this.prediction, reachesLastTimestep());
      this.middles = middles;
      this.ends = ends;
      this.ups = ups;
    }

    @Override
    public int questionsPerStep() {
      return 2;
    }

    @Override
    float told(int i) {
      return i % 2 == 0 ? sigma(i) : middles[i / 2];
    }

    @Override
    protected StepResult step(
        RunMemory memory, ModelOutput output, float[] sample, NoiseSource noise) {
      int step = memory.index() / 2;
      float told = told(memory.index());
      float[] original = predictOriginal(output.prediction(), sample, told, told);
      float[] slope = slope(sample, original, told);
      if (memory.index() % 2 == 0) {
        memory.tensors().put(BASE, sample.clone());
        float[] middle = FloatMath.addTo(sample.clone(), middles[step] - told, slope);
        return new StepResult(middle, original);
      }
      float begin = sigma(memory.index() - 1);
      float[] next = FloatMath.addTo(memory.recall(BASE).clone(), ends[step] - begin, slope);
      memory.tensors().remove(BASE);
      if (ancestral) {
        FloatMath.addTo(next, ups[step], noise.randn(next.length));
      }
      return new StepResult(next, original);
    }
  }
}
