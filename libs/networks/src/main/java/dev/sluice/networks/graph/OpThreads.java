package dev.sluice.networks.graph;

import org.tensorflow.proto.ConfigProto;

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

  /** What a session is made with, so that this is heeded. */
  public static ConfigProto sessionConfig() {
    return ConfigProto.newBuilder().setIntraOpParallelismThreads(count).build();
  }
}
