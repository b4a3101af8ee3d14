package dev.sluice.trainer.diffusion;

import dev.sluice.diffusion.schedule.NoiseSchedule;
import dev.sluice.trainer.recipe.Recipe;

/** How much the squared error of a timestep counts. */
public sealed interface Weighting {

  /** The factor of the squared error of what is predicted. */
  double of(ForwardProcess process, Prediction prediction, int t);

  /** As recipes name them. */
  enum Kind {
    SIMPLE,
    BOUND,
    MIN_SNR,
    P2
  }

  /** Reads {@code kind} and what that kind needs. */
  static Weighting of(Recipe recipe) {
    return switch (recipe.choice("kind", Kind.class)) {
      case SIMPLE -> new Simple();
      case BOUND -> new Bound();
      case MIN_SNR -> new MinSnr(recipe.number("most", 0, 1e6), recipe.number("least", 0, 1e6));
      case P2 -> new P2(recipe.number("k", 1e-6, 1e6), recipe.number("gamma", 0, 10));
    };
  }

  /** Every timestep alike, in what is predicted: DDPM (Ho et al. 2020), eq. 14. */
  record Simple() implements Weighting {
    @Override
    public double of(ForwardProcess process, Prediction prediction, int t) {
      return 1;
    }
  }

  /**
   * The variational bound with the variance beta: DDPM, eq. 12, in nats for each value. At the
   * first timestep, where that equation is of eq. 13's decoder, it stands for it.
   */
  record Bound() implements Weighting {
    @Override
    public double of(ForwardProcess process, Prediction prediction, int t) {
      NoiseSchedule schedule = process.requireBetas("the bound");
      double beta = schedule.beta(t);
      double onNoise = beta / (2 * (1 - beta) * (1 - (double) schedule.alphaBar(t)));
      return onNoise / square(prediction.perNoise(process, t));
    }
  }

  /**
   * The signal-to-noise ratio up to {@code most}, on the error of the clean sample: Hang et al.
   * 2023, eq. 4 of section 3.4.
   *
   * @param least below which no weight falls; 0 in the paper
   */
  record MinSnr(double most, double least) implements Weighting {
    @Override
    public double of(ForwardProcess process, Prediction prediction, int t) {
      double ratio = process.signalToNoise(t);
      double onSample = Math.max(least, Math.min(most, ratio));
      return onSample / ratio / square(prediction.perNoise(process, t));
    }
  }

  /** 1 / (k + SNR)^gamma on the error of the noise: Choi et al. 2022, eq. 8. */
  record P2(double k, double gamma) implements Weighting {
    @Override
    public double of(ForwardProcess process, Prediction prediction, int t) {
      double onNoise = Math.pow(k + process.signalToNoise(t), -gamma);
      return onNoise / square(prediction.perNoise(process, t));
    }
  }

  private static double square(double x) {
    return x * x;
  }
}
