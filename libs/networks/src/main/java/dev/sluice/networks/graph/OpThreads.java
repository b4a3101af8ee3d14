package dev.sluice.networks.graph;

import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.RewriterConfig;

/**
 * How many threads one operation of a network may use. TensorFlow has one pool of them for the
 * whole process, made with its first session, so that is when this is settled.
 */
public final class OpThreads {

  /** TensorFlow's own choice: as many as there are cores. */
  private static volatile int count = 0;

  private OpThreads() {}

  /**
   * Sets the number, before any network is made; without effect later.
   *
   * @throws IllegalArgumentException unless it is 1 or more
   */
  public static void set(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("op threads is " + threads + "; expected 1 or more");
    }
    count = threads;
  }

  /**
   * What a session is made with: that many threads, and graphs run as they are built. TensorFlow's
   * optimizer of graphs takes longer than a small network's whole picture, and seconds for a large
   * one, at the first call of every input shape; the steps after it are no faster for it, small
   * networks' a quarter slower.
   */
  public static ConfigProto sessionConfig() {
    return ConfigProto.newBuilder()
        .setIntraOpParallelismThreads(count)
        .setGraphOptions(
            GraphOptions.newBuilder()
                .setRewriteOptions(RewriterConfig.newBuilder().setDisableMetaOptimizer(true)))
        .build();
  }
}
