package dev.sluice.trainer.lineage.sampling;

import dev.sluice.pipeline.loop.LoopState;
import dev.sluice.pipeline.loop.ResumableLoop;
import dev.sluice.pipeline.loop.StepListener;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How straight the ways are that samples take from noise: what a flow is rectified for (Liu et al.
 * 2022, section 2.1).
 */
public final class Ways implements StepListener {

  private final Map<ResumableLoop, Way> ways = new ConcurrentHashMap<>();

  @Override
  public Optional<LoopState> beginning(ResumableLoop loop) {
    ways.put(loop, new Way(loop.state()));
    return Optional.empty();
  }

  @Override
  public void afterStep(int step, int steps, ResumableLoop loop) {
    ways.get(loop).on(loop.state().sample());
  }

  /**
   * The length of a way beside that of the straight one between its ends, the mean over samples: 1
   * if all are straight.
   */
  public double besideStraight() {
    return ways.values().stream().mapToDouble(Way::besideStraight).average().orElseThrow();
  }

  /** Of row {@code row} of {@code rows} samples. */
  private static double distance(float[] from, float[] to, int row, int rows) {
    int size = from.length / rows;
    double squares = 0;
    for (int i = row * size; i < (row + 1) * size; i++) {
      double difference = (double) to[i] - from[i];
      squares += difference * difference;
    }
    return Math.sqrt(squares);
  }

  /** Of the samples that one loop makes. */
  private static final class Way {

    private final float[] first;
    private final double[] lengths;
    private float[] last;

    Way(LoopState state) {
      this.first = state.sample();
      this.last = first;
      this.lengths = new double[state.run().shape()[0]];
    }

    void on(float[] sample) {
      for (int row = 0; row < lengths.length; row++) {
        lengths[row] += distance(last, sample, row, lengths.length);
      }
      last = sample;
    }

    double besideStraight() {
      double sum = 0;
      for (int row = 0; row < lengths.length; row++) {
        sum += lengths[row] / distance(first, last, row, lengths.length);
      }
      return sum / lengths.length;
    }
  }
}
