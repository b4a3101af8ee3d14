package dev.sluice.diffusion.sampler.discrete;

import static dev.sluice.diffusion.prediction.PredictionType.EPSILON;
import static dev.sluice.diffusion.prediction.PredictionType.V_PREDICTION;

import dev.sluice.diffusion.config.SchedulerMembers;
import dev.sluice.diffusion.math.FloatMath;
import dev.sluice.diffusion.prediction.ModelOutput;
import dev.sluice.diffusion.random.NoiseSource;
import dev.sluice.diffusion.sampler.TrainedSampler;
import dev.sluice.diffusion.sampling.RunMemory;
import dev.sluice.diffusion.sampling.SamplingOptions;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.diffusion.sampling.StepResult;
import dev.sluice.diffusion.schedule.TimestepSpacing;
import java.util.Arrays;

/**
 * Liu et al. 2022, "Pseudo Numerical Methods for Diffusion Models on Manifolds": linear multistep
 * (algorithm 2), warmed up by pseudo Runge-Kutta steps (algorithm 1) or, as latent diffusion does
 * with {@code skip_prk_steps}, by steps of rising order. Draws no noise.
 */
public final class PndmSampler extends TrainedSampler {

  private static final int ORDER = 4;
  private static final String ANCHOR = "anchor";
  private static final String SLOPE = "slope";

  /** Network outputs at earlier timesteps: {@code output.0} is the oldest. */
  private static final String OUTPUT = "output.";

  private final TimestepSpacing spacing;
  private final int stepsOffset;
  private final boolean skipRungeKutta;
  private final float finalAlphaBar;

  public PndmSampler(SchedulerMembers config) {
    super(config, config.schedule(), config.prediction(EPSILON, V_PREDICTION));
    this.spacing = config.spacing(TimestepSpacing.LEADING);
    this.stepsOffset = config.integer("steps_offset", 0);
    this.skipRungeKutta = config.flag("skip_prk_steps", false);
    this.finalAlphaBar = config.flag("set_alpha_to_one", false) ? 1 : schedule.alphaBar(0);
  }

  @Override
  protected SamplingPlan planned(SamplingOptions options) {
    int steps = options.steps();
    int stride = schedule.trainTimesteps() / steps;
    double[] descending = spacing.timesteps(schedule.trainTimesteps(), steps, stepsOffset);
    if (skipRungeKutta) {
      return new Plan(withSecondRepeated(descending), new double[0], stride);
    }
    if (descending.length < ORDER) {
      throw new IllegalArgumentException(
          "%s with Runge-Kutta warm-up needs %d or more steps, found %d"
              .formatted(name(), ORDER, steps));
    }
    double[] warmUp = rungeKuttaTimesteps(descending, stride / 2);
    double[] all = Arrays.copyOf(warmUp, warmUp.length + descending.length - (ORDER - 1));
    System.arraycopy(descending, ORDER - 1, all, warmUp.length, descending.length - (ORDER - 1));
    return new Plan(all, warmUp, stride);
  }

  private static double[] withSecondRepeated(double[] descending) {
    if (descending.length < 2) {
      return descending;
    }
    double[] timesteps = new double[descending.length + 1];
    timesteps[0] = descending[0];
    timesteps[1] = descending[1];
    System.arraycopy(descending, 1, timesteps, 2, descending.length - 1);
    return timesteps;
  }

  /** Each of the first three steps asks the network at its begin, twice half way, and its end. */
  private static double[] rungeKuttaTimesteps(double[] descending, int half) {
    double[] timesteps = new double[ORDER * (ORDER - 1)];
    for (int step = 0; step < ORDER - 1; step++) {
      double end = descending[step + 1];
      timesteps[ORDER * step] = descending[step];
      timesteps[ORDER * step + 1] = end + half;
      timesteps[ORDER * step + 2] = end + half;
      timesteps[ORDER * step + 3] = end;
    }
    return timesteps;
  }

  private final class Plan extends AlphaBarPlan {

    private final double[] warmUp;
    private final int stride;

    Plan(double[] timesteps, double[] warmUp, int stride) {
      super(PndmSampler.this.schedule, PndmSampler.this.prediction, timesteps);
      this.warmUp = warmUp;
      this.stride = stride;
    }

    @Override
    protected StepResult step(
        RunMemory memory, ModelOutput output, float[] sample, NoiseSource noise) {
      int t = (int) timestep(memory.index());
      float[] original = predictOriginal(output.prediction(), sample, t);
      float[] next =
          memory.steps() < warmUp.length
              ? rungeKutta(memory, output.prediction(), sample, t)
              : multistep(memory, output.prediction(), sample, t);
      return new StepResult(next, original);
    }

    /** Algorithm 1: four calls make one step, each continuing from the first call's sample. */
    private float[] rungeKutta(RunMemory memory, float[] output, float[] sample, int t) {
      int call = memory.steps();
      int previous = t - (call % 2 == 0 ? stride / 2 : 0);
      int from = (int) warmUp[call / ORDER * ORDER];
      float[] direction = output;
      switch (call % ORDER) {
        case 0 -> {
          memory.tensors().put(SLOPE, scaled(1f / 6, output));
          memory.tensors().put(ANCHOR, sample.clone());
          remember(memory, output);
        }
        case 1, 2 -> FloatMath.addTo(memory.recall(SLOPE), 1f / 3, output);
        default -> direction = FloatMath.addTo(memory.recall(SLOPE), 1f / 6, output);
      }
      float[] next = transfer(memory.recall(ANCHOR), from, previous, direction);
      if (call % ORDER == ORDER - 1) {
        memory.tensors().remove(SLOPE);
        memory.tensors().remove(ANCHOR);
      }
      return next;
    }

    /** Algorithm 2, with lower orders until four outputs are known. */
    private float[] multistep(RunMemory memory, float[] output, float[] sample, int t) {
      if (memory.steps() == 1) {
        // The first step is made again with the mean of the outputs at both of its ends.
        float[] mean = FloatMath.combine(0.5f, output, 0.5f, latest(memory, 1));
        float[] anchor = memory.recall(ANCHOR);
        memory.tensors().remove(ANCHOR);
        return transfer(anchor, t + stride, t, mean);
      }
      remember(memory, output);
      if (memory.steps() == 0) {
        memory.tensors().put(ANCHOR, sample.clone());
      }
      return transfer(sample, t, t - stride, extrapolated(memory));
    }

    /** Adams-Bashforth: equation 9 and its lower orders. */
    private float[] extrapolated(RunMemory memory) {
      float[] e1 = latest(memory, 1);
      float[] e2 = latest(memory, 2);
      float[] e3 = latest(memory, 3);
      float[] e4 = latest(memory, 4);
      float[] sum = new float[e1.length];
      for (int i = 0; i < sum.length; i++) {
        if (e2 == null) {
          sum[i] = e1[i];
        } else if (e3 == null) {
          sum[i] = (3 * e1[i] - e2[i]) / 2;
        } else if (e4 == null) {
          sum[i] = (23 * e1[i] - 16 * e2[i] + 5 * e3[i]) / 12;
        } else {
          sum[i] = 1f / 24 * (55 * e1[i] - 59 * e2[i] + 37 * e3[i] - 9 * e4[i]);
        }
      }
      return sum;
    }

    /** Equation 11: from timestep t to an earlier one along a given noise. */
    private float[] transfer(float[] sample, int t, int previous, float[] output) {
      float alphaBar = schedule.alphaBar(t);
      float previousAlphaBar = previous >= 0 ? schedule.alphaBar(previous) : finalAlphaBar;
      float betaBar = 1 - alphaBar;
      float previousBetaBar = 1 - previousAlphaBar;
      float[] epsilon =
          prediction == V_PREDICTION
              ? FloatMath.combine(schedule.signal(t), output, schedule.noise(t), sample)
              : output;
      float scale = FloatMath.sqrt(previousAlphaBar / alphaBar);
      float numerator = previousAlphaBar - alphaBar;
      float denominator =
          alphaBar * FloatMath.sqrt(previousBetaBar)
              + FloatMath.sqrt(alphaBar * betaBar * previousAlphaBar);
      float[] next = new float[sample.length];
      for (int i = 0; i < next.length; i++) {
        next[i] = scale * sample[i] - numerator * epsilon[i] / denominator;
      }
      return next;
    }

    /** Appends an output, and forgets all but the last four. */
    private void remember(RunMemory memory, float[] output) {
      int known = known(memory);
      if (known == ORDER) {
        for (int i = 0; i < ORDER - 1; i++) {
          memory.tensors().put(OUTPUT + i, memory.recall(OUTPUT + (i + 1)));
        }
        known--;
      }
      memory.tensors().put(OUTPUT + known, output.clone());
    }

    /** The output remembered {@code age} outputs ago, counted from 1; null if there is none. */
    private float[] latest(RunMemory memory, int age) {
      return memory.tensors().get(OUTPUT + (known(memory) - age));
    }

    private int known(RunMemory memory) {
      int count = 0;
      while (memory.tensors().containsKey(OUTPUT + count)) {
        count++;
      }
      return count;
    }
  }

  private static float[] scaled(float factor, float[] values) {
    float[] scaled = new float[values.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = factor * values[i];
    }
    return scaled;
  }
}
