package dev.sluice.bench.autoscale;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;

/**
 * What is asked for, through a time.
 *
 * @param name in the table
 * @param hours from the first to the last that may come
 * @param arrivals when each comes and its seconds of work, in order of time
 * @param meanLife hours that a replica's node is left to it on average; infinite where nobody takes
 *     it back
 */
record Workload(String name, double hours, List<Arrival> arrivals, double meanLife) {

  private static final double HOUR = 3600;
  private static final double DAY = 24 * HOUR;

  record Arrival(double second, double work) {}

  /** Forty pictures at once every half hour, for eight hours. */
  static Workload bursts(double work) {
    List<Arrival> arrivals = new ArrayList<>();
    for (int burst = 0; burst < 16; burst++) {
      for (int picture = 0; picture < 40; picture++) {
        arrivals.add(new Arrival(60 + burst * HOUR / 2, work));
      }
    }
    return new Workload("bursts of 40 every 30 min", 8, arrivals, Double.POSITIVE_INFINITY);
  }

  /** A day with nobody at night: at noon four replicas' worth of work. */
  static Workload day(double work, long seed) {
    return new Workload(
        "a day",
        24,
        poisson(DAY, second -> 4 / work * daylight(second), random -> work, seed),
        Double.POSITIVE_INFINITY);
  }

  /** The same work in a day, half of it of a model that takes {@code heavier} times as long. */
  static Workload mixed(double work, double heavier, long seed) {
    // As much work of each: of the heavy ones there are fewer by as much as they are heavier.
    double share = 1 / (1 + heavier);
    double mean = (1 - share) * work + share * work * heavier;
    return new Workload(
        "a day, two models",
        24,
        poisson(
            DAY,
            second -> 4 / mean * daylight(second),
            random -> random.nextDouble() < share ? work * heavier : work,
            seed),
        Double.POSITIVE_INFINITY);
  }

  /** On nodes that are taken back after so many hours on average. */
  Workload onSpotNodes(double meanLifeInHours) {
    return new Workload(name + ", spot nodes", hours, arrivals, meanLifeInHours);
  }

  double meanWork() {
    return arrivals.stream().mapToDouble(Arrival::work).average().orElseThrow();
  }

  double sumOfWork() {
    return arrivals.stream().mapToDouble(Arrival::work).sum();
  }

  private static double daylight(double second) {
    double wave = 0.5 - 0.5 * Math.cos(2 * Math.PI * second / DAY);
    return wave * wave;
  }

  private interface Work {
    double next(SplittableRandom random);
  }

  /** Arrivals at a rate that changes with time, at most its value at noon: by thinning. */
  private static List<Arrival> poisson(double end, DoubleUnaryOperator rate, Work work, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double most = rate.applyAsDouble(end / 2);
    List<Arrival> arrivals = new ArrayList<>();
    double second = 0;
    while (true) {
      second -= Math.log(1 - random.nextDouble()) / most;
      if (second >= end) {
        return arrivals;
      }
      if (random.nextDouble() * most < rate.applyAsDouble(second)) {
        arrivals.add(new Arrival(second, work.next(random)));
      }
    }
  }
}
