package dev.sluice.diffusion.sampler.solver;

import dev.sluice.diffusion.config.SchedulerMembers;

/**
 * The order of a multistep solver, and of each of its steps: no step can have a higher one than
 * there are outputs to make it of.
 *
 * @param highest once enough outputs are remembered
 * @param fallsBelow plans of fewer steps make the last ones with a lower order, to stay stable
 */
record SolverOrder(int highest, int fallsBelow) {

  private static final String KEY = "solver_order";
  private static final int FEW_STEPS = 15;

  /** A solver's that falls at the end of short plans, if it is configured so. */
  static SolverOrder fallingInShortPlans(SchedulerMembers config, int most) {
    return new SolverOrder(read(config, KEY, most), falls(config) ? FEW_STEPS : 0);
  }

  /** A solver's that falls at the end of every plan, if it is configured so. */
  static SolverOrder falling(SchedulerMembers config, String key, int most) {
    return new SolverOrder(read(config, key, most), falls(config) ? Integer.MAX_VALUE : 0);
  }

  /** A solver's that falls at the end of every plan, if it is configured so. */
  static SolverOrder falling(SchedulerMembers config, int most) {
    return falling(config, KEY, most);
  }

  private static boolean falls(SchedulerMembers config) {
    return config.flag("lower_order_final", true);
  }

  /** A configured order of 1 to {@code most}. */
  static int read(SchedulerMembers config, String key, int most) {
    int order = config.integer(key, 2);
    if (order < 1 || order > most) {
      throw config.wrong(key, order, most == 3 ? "1, 2 or 3" : "1 to " + most);
    }
    return order;
  }

  /** The configured order of a solver that knows three. */
  static int upToThree(SchedulerMembers config) {
    return read(config, KEY, 3);
  }

  /**
   * The order of a step.
   *
   * @param index of the step, from 0
   * @param length how many steps the plan has
   * @param made how many steps were made before, whose outputs are remembered
   */
  int at(int index, int length, int made) {
    int possible = Math.min(highest, made + 1);
    return length < fallsBelow ? Math.min(possible, length - index) : possible;
  }
}
