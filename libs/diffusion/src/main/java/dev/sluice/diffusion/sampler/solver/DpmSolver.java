package dev.sluice.diffusion.sampler.solver;

import dev.sluice.diffusion.config.SchedulerMembers;
import dev.sluice.diffusion.math.FloatMath;
import dev.sluice.diffusion.prediction.PredictionType;
import java.util.List;

/**
 * DPM-Solver (Lu et al. 2022a, "DPM-Solver") and DPM-Solver++ (Lu et al. 2022b, "DPM-Solver++"), as
 * ordinary and as stochastic equations: what multistep and single-step forms share.
 *
 * @param order 1 to 3
 * @param plusPlus extrapolates x_0; without, the noise
 * @param stochastic whether fresh noise is drawn at every step
 * @param heun whether slopes are integrated exactly, and not by the midpoint
 */
record DpmSolver(int order, boolean plusPlus, boolean stochastic, boolean heun) {

  /**
   * Reads the solver's members; names of other solvers stand for the closest of these, as in
   * diffusers.
   */
  static DpmSolver of(SchedulerMembers config, List<String> algorithms) {
    String algorithm = config.choice("algorithm_type", "dpmsolver++", algorithms);
    boolean stochastic = algorithm.startsWith("sde");
    boolean plusPlus = algorithm.endsWith("++") || algorithm.equals("deis");
    boolean heun =
        config
            .choice("solver_type", "midpoint", List.of("midpoint", "heun", "logrho", "bh1", "bh2"))
            .equals("heun");
    return new DpmSolver(SolverOrder.upToThree(config), plusPlus, stochastic, heun);
  }

  /**
   * Checks that noise is not to be extrapolated where it vanishes, or from a velocity.
   *
   * @throws IllegalArgumentException if it is
   */
  void requireSound(SchedulerMembers config, PredictionType prediction, boolean endsAtZero) {
    if (!plusPlus && endsAtZero) {
      throw config.wrong("final_sigmas_type", "zero", "sigma_min for the algorithm_type");
    }
    if (!plusPlus && prediction == PredictionType.FLOW) {
      throw config.wrong(
          "prediction_type",
          prediction.configName(),
          "another, or a dpmsolver++ as algorithm_type");
    }
  }

  /** The step from one level to another in the terms that all orders share. */
  record Transition(
      float sampleScale, float outputScale, float noiseScale, float h, float growth) {}

  /**
   * DPM-Solver-1 (Lu et al. 2022a, equation 3.7) and DPM-Solver++ (Lu et al. 2022b, equation 9), or
   * their stochastic forms (2022b, equations 17 and 18). The next sample is sampleScale x +
   * outputScale D_0 + ..., where outputScale = scale growth.
   */
  Transition transition(Level to, Level from) {
    float h = to.lambda() - from.lambda();
    if (plusPlus && !stochastic) {
      float growth = FloatMath.exp(-h) - 1;
      return new Transition(to.sigma() / from.sigma(), -(to.alpha() * growth), 0, h, growth);
    }
    if (plusPlus) {
      float growth = 1 - FloatMath.exp(-2 * h);
      return new Transition(
          to.sigma() / from.sigma() * FloatMath.exp(-h),
          to.alpha() * growth,
          to.sigma() * FloatMath.sqrt(1 - FloatMath.exp(-2 * h)),
          h,
          growth);
    }
    float growth = FloatMath.exp(h) - 1;
    if (!stochastic) {
      return new Transition(to.alpha() / from.alpha(), -(to.sigma() * growth), 0, h, growth);
    }
    return new Transition(
        to.alpha() / from.alpha(),
        -2 * (to.sigma() * growth),
        to.sigma() * FloatMath.sqrt(FloatMath.exp(2 * h) - 1),
        h,
        growth);
  }

  /** The slope's coefficient in the second order. */
  float slopeScale(Transition step, Level to) {
    return heun ? exactSlopeScale(step, to) : 0.5f * step.outputScale();
  }

  /** The slope's coefficient where it is integrated exactly: Lu et al. 2022b, appendix B. */
  float exactSlopeScale(Transition step, Level to) {
    if (plusPlus) {
      return stochastic
          ? to.alpha() * (step.growth() / (-2 * step.h()) + 1)
          : to.alpha() * (step.growth() / step.h() + 1);
    }
    float scale = -(to.sigma() * (step.growth() / step.h() - 1));
    return stochastic ? 2 * scale : scale;
  }

  /** The coefficient of the second derivative. */
  float curveScale(Transition step, Level to) {
    float h = step.h();
    if (plusPlus && stochastic) {
      return to.alpha() * ((step.growth() - 2 * h) / (4 * h * h) - 0.5f);
    }
    return plusPlus
        ? -(to.alpha() * ((step.growth() + h) / (h * h) - 0.5f))
        : -(to.sigma() * ((step.growth() - h) / (h * h) - 0.5f));
  }
}
