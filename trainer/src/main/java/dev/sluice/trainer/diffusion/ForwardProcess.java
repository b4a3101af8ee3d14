package dev.sluice.trainer.diffusion;

import dev.sluice.diffusion.schedule.BetaSchedule;
import dev.sluice.diffusion.schedule.NoiseSchedule;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.recipe.RecipeException;
import java.util.Arrays;
import java.util.Optional;

/**
 * What noise does to a clean sample: x_t = signal_t x_0 + noise_t n, for timesteps t from 0 on.
 *
 * @param signal of each timestep, from about 1 to about 0
 * @param noise of each timestep, from about 0 to about 1
 * @param told what the network is told of each timestep
 * @param density how often each timestep is drawn; empty for evenly
 * @param schedule of betas, where there is one
 */
public record ForwardProcess(
    float[] signal,
    float[] noise,
    float[] told,
    Optional<LogitNormal> density,
    Optional<NoiseSchedule> schedule) {

  /**
   * The timestep's place from 0 to 1 is the logistic function of a normal number: Esser et al.
   * 2024, eq. 19.
   *
   * @param location above 0 for more of the noisy ones
   * @param scale the spread
   */
  public record LogitNormal(double location, double scale) {}

  /** The kinds, as recipes name them. */
  public enum Kind {
    VARIANCE_PRESERVING,
    RECTIFIED_FLOW
  }

  /** signal^2 + noise^2 = 1: DDPM (Ho et al. 2020), eq. 4. */
  public static ForwardProcess variancePreserving(NoiseSchedule schedule) {
    int count = schedule.trainTimesteps();
    float[] signal = new float[count];
    float[] noise = new float[count];
    float[] told = new float[count];
    for (int t = 0; t < count; t++) {
      signal[t] = schedule.signal(t);
      noise[t] = schedule.noise(t);
      told[t] = t;
    }
    return new ForwardProcess(signal, noise, told, Optional.empty(), Optional.of(schedule));
  }

  /**
   * signal + noise = 1, a straight path: Liu et al. 2022, eq. 1. Timestep t has the noise (t + 1) /
   * {@code timesteps}, of which the network is told {@code timesteps} times as much.
   */
  public static ForwardProcess rectifiedFlow(int timesteps, Optional<LogitNormal> density) {
    float[] signal = new float[timesteps];
    float[] noise = new float[timesteps];
    float[] told = new float[timesteps];
    for (int t = 0; t < timesteps; t++) {
      noise[t] = (t + 1f) / timesteps;
      signal[t] = 1 - noise[t];
      told[t] = t + 1;
    }
    return new ForwardProcess(signal, noise, told, density, Optional.empty());
  }

  /**
   * Reads {@code kind} and {@code timesteps}; then {@code betas, beta-start, beta-end}, or {@code
   * location, scale}, where a scale of 0 is for timesteps drawn evenly.
   */
  public static ForwardProcess of(Recipe recipe) {
    int timesteps = recipe.integer("timesteps", 1);
    return switch (recipe.choice("kind", Kind.class)) {
      case VARIANCE_PRESERVING ->
          variancePreserving(
              NoiseSchedule.of(
                  betas(recipe),
                  timesteps,
                  recipe.number("beta-start", 0, 1),
                  recipe.number("beta-end", 0, 1)));
      case RECTIFIED_FLOW -> {
        double scale = recipe.number("scale", 0, 10);
        yield rectifiedFlow(
            timesteps,
            scale == 0
                ? Optional.empty()
                : Optional.of(new LogitNormal(recipe.number("location", -10, 10), scale)));
      }
    };
  }

  private static BetaSchedule betas(Recipe recipe) {
    String name = recipe.string("betas");
    return Arrays.stream(BetaSchedule.values())
        .filter(known -> known.configName().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new RecipeException(
                    "%s: betas must be one of %s, is %s"
                        .formatted(
                            recipe.origin(),
                            Arrays.stream(BetaSchedule.values())
                                .map(BetaSchedule::configName)
                                .toList(),
                            name)));
  }

  /**
   * The same, of the first timesteps only.
   *
   * @param count how many are left, at most those that there are
   */
  public ForwardProcess first(int count) {
    if (count < 1 || count > timesteps()) {
      throw new RecipeException(
          "of %d timesteps, the first %d are none; choose 1 to %d"
              .formatted(timesteps(), count, timesteps()));
    }
    return new ForwardProcess(
        Arrays.copyOf(signal, count),
        Arrays.copyOf(noise, count),
        Arrays.copyOf(told, count),
        density,
        schedule);
  }

  /** How many. */
  public int timesteps() {
    return signal.length;
  }

  /** signal^2 / noise^2. */
  public double signalToNoise(int t) {
    return (double) signal[t] * signal[t] / ((double) noise[t] * noise[t]);
  }

  /**
   * The schedule of betas.
   *
   * @param what asks for it, for the message
   */
  NoiseSchedule requireBetas(String what) {
    return schedule.orElseThrow(
        () ->
            new RecipeException(
                what + " is of processes with betas; choose the kind variance-preserving"));
  }
}
