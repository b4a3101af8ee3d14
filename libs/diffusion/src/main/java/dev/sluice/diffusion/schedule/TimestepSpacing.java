package dev.sluice.diffusion.schedule;

import java.util.Arrays;
import java.util.List;

/**
 * How a few inference timesteps are chosen out of the training timesteps: Lin et al. 2023, "Common
 * Diffusion Noise Schedules and Sample Steps are Flawed", table 2.
 */
public enum TimestepSpacing {
  /** Evenly from the last training timestep to 0, both included. */
  LINSPACE("linspace"),
  /** Every k-th from 0 up, shifted by {@code steps_offset}; never reaches the last. */
  LEADING("leading"),
  /** Every k-th from the last down. */
  TRAILING("trailing");

  private final String configName;

  TimestepSpacing(String configName) {
    this.configName = configName;
  }

  public String configName() {
    return configName;
  }

  /** The names of all, as diffusers has them. */
  public static List<String> names() {
    return Arrays.stream(values()).map(TimestepSpacing::configName).toList();
  }

  /**
   * The one of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static TimestepSpacing named(String name) {
    int index = names().indexOf(name);
    if (index < 0) {
      throw new IllegalArgumentException(
          "timestep_spacing is %s; expected one of %s".formatted(name, names()));
    }
    return values()[index];
  }

  /** Descending timesteps, rounded to whole numbers (ties to even). */
  public double[] timesteps(int trainTimesteps, int steps, int stepsOffset) {
    double[] timesteps =
        switch (this) {
          case LINSPACE -> reversed(linspace(0, trainTimesteps - 1, steps));
          case LEADING -> leading(trainTimesteps / steps, steps, stepsOffset);
          case TRAILING -> trailing(trainTimesteps, (double) trainTimesteps / steps);
        };
    for (int i = 0; i < timesteps.length; i++) {
      timesteps[i] = Math.rint(timesteps[i]);
    }
    return timesteps;
  }

  public static double[] leading(int ratio, int steps, int offset) {
    double[] timesteps = new double[steps];
    for (int i = 0; i < steps; i++) {
      timesteps[i] = (double) (steps - 1 - i) * ratio + offset;
    }
    return timesteps;
  }

  public static double[] trailing(int last, double ratio) {
    // numpy's arange: the count rounds up, and the increment is the difference of the first two.
    // Where the ratio was rounded it makes one more, which is none of the schedule's.
    double[] timesteps = new double[(int) Math.ceil(last / ratio - 1e-9)];
    double increment = (last - ratio) - last;
    for (int i = 0; i < timesteps.length; i++) {
      timesteps[i] = Math.rint(last + i * increment) - 1;
    }
    return timesteps;
  }

  /** {@code count} evenly spaced numbers with both ends, in numpy's order of operations. */
  public static double[] linspace(double start, double end, int count) {
    double[] values = new double[count];
    double step = count > 1 ? (end - start) / (count - 1) : 0;
    for (int i = 0; i < count; i++) {
      values[i] = i * step + start;
    }
    if (count > 1) {
      values[count - 1] = end;
    }
    return values;
  }

  public static double[] reversed(double[] values) {
    double[] reversed = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      reversed[i] = values[values.length - 1 - i];
    }
    return reversed;
  }
}
