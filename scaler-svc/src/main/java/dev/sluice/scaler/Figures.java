package dev.sluice.scaler;

import java.time.Duration;

/**
 * What there is to do for a stage.
 *
 * @param tasksWaiting tasks on its topic that no replica has
 * @param tasksInWork tasks that replicas have, as far as they told
 * @param workWaiting declared work of the tasks that wait, in row steps
 * @param workInWork declared work of those in work
 * @param seconds how long one replica would work on all of it, by what was measured
 * @param oldest how long the oldest task has been on the topic that is not done; zero for none
 * @param rate row steps a second of a replica, over all models; NaN while nothing was measured
 */
record Figures(
    long tasksWaiting,
    long tasksInWork,
    double workWaiting,
    double workInWork,
    double seconds,
    Duration oldest,
    double rate) {

  /** All tasks that are not done. */
  long tasks() {
    return tasksWaiting + tasksInWork;
  }
}
