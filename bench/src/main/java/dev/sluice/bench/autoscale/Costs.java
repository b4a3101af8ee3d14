package dev.sluice.bench.autoscale;

/**
 * What it takes besides the work itself.
 *
 * @param slots tasks that a replica works on side by side
 * @param start seconds from the decision until a replica takes its first task
 * @param handOver seconds in which a replica that is told to end gives its tasks back
 * @param lock seconds after which tasks of a replica that is gone are another's
 * @param lost seconds of work on each of them that are done again: since the last checkpoint
 */
record Costs(int slots, double start, double handOver, double lock, double lost) {}
