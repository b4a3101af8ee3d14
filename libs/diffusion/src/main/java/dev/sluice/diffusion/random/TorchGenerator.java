package dev.sluice.diffusion.random;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * {@code torch.Generator("cpu")}: the same seed gives the same numbers, bit by bit, as PyTorch on a
 * CPU with AVX2. Its {@link #state()} travels with a generation, so that a later stage draws on
 * where an earlier one stopped. Not thread-safe.
 */
public final class TorchGenerator implements NoiseSource {

  /** "SLG1": a generator's state, version 1. */
  private static final int MAGIC = 0x31474c53;

  private static final int STATE_BYTES = 4 + 4 + 4 * MersenneTwister.N + 4 + 8;

  private static final int FLOAT_BITS = 24;
  private static final int DOUBLE_BITS = 53;

  private MersenneTwister twister;

  /** The second of a pair that the Box-Muller transform of single numbers makes; NaN if none. */
  private double spare;

  /**
   * A generator seeded like {@code manual_seed}: only the low 32 bits of the seed count, as in
   * PyTorch.
   */
  public TorchGenerator(long seed) {
    this.twister = new MersenneTwister((int) seed);
    this.spare = Double.NaN;
  }

  /**
   * {@code torch.randn}. Fewer than 16 numbers come one by one, from 53-bit uniforms; from 16 on
   * they come in blocks from 24-bit uniforms, and a last incomplete block is filled up by drawing
   * the last 16 again. So the order and sizes of calls matter, but not the tensors' shapes.
   */
  @Override
  public float[] randn(int count) {
    float[] values = new float[count];
    if (count < BoxMuller.BLOCK) {
      for (int i = 0; i < count; i++) {
        values[i] = (float) normal();
      }
      return values;
    }
    for (int i = 0; i < count; i++) {
      values[i] = uniform();
    }
    for (int i = 0; i <= count - BoxMuller.BLOCK; i += BoxMuller.BLOCK) {
      BoxMuller.transform(values, i);
    }
    if (count % BoxMuller.BLOCK != 0) {
      int tail = count - BoxMuller.BLOCK;
      for (int i = tail; i < count; i++) {
        values[i] = uniform();
      }
      BoxMuller.transform(values, tail);
    }
    return values;
  }

  /** {@code torch.randn(dtype=torch.float64)}. */
  public double[] randnDouble(int count) {
    double[] values = new double[count];
    if (count < BoxMuller.BLOCK) {
      for (int i = 0; i < count; i++) {
        values[i] = normal();
      }
      return values;
    }
    for (int i = 0; i < count; i++) {
      values[i] = uniformDouble();
    }
    for (int i = 0; i <= count - BoxMuller.BLOCK; i += BoxMuller.BLOCK) {
      transform(values, i);
    }
    if (count % BoxMuller.BLOCK != 0) {
      int tail = count - BoxMuller.BLOCK;
      for (int i = tail; i < count; i++) {
        values[i] = uniformDouble();
      }
      transform(values, tail);
    }
    return values;
  }

  private static void transform(double[] data, int begin) {
    int half = BoxMuller.BLOCK / 2;
    for (int i = begin; i < begin + half; i++) {
      double radius = Math.sqrt(-2 * Math.log(1 - data[i]));
      double theta = 2 * Math.PI * data[i + half];
      data[i] = radius * Math.cos(theta);
      data[i + half] = radius * Math.sin(theta);
    }
  }

  /** {@code torch.rand}: uniform in [0, 1). */
  public float[] rand(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = uniform();
    }
    return values;
  }

  /** {@code tensor.random_()} of an int32 tensor: uniform from 0 to 2^31 - 1. */
  public int nextInt31() {
    return twister.next() & 0x7fffffff;
  }

  private double normal() {
    if (!Double.isNaN(spare)) {
      double value = spare;
      spare = Double.NaN;
      return value;
    }
    double theta = 2 * Math.PI * uniformDouble();
    double radius = Math.sqrt(-2 * Math.log1p(-uniformDouble()));
    spare = radius * Math.sin(theta);
    return radius * Math.cos(theta);
  }

  private float uniform() {
    return (twister.next() & (1 << FLOAT_BITS) - 1) * 0x1p-24f;
  }

  private double uniformDouble() {
    long high = twister.next();
    long low = twister.next() & 0xffffffffL;
    return ((high << 32 | low) & (1L << DOUBLE_BITS) - 1) * 0x1p-53;
  }

  /** Everything that determines the numbers to come, in 2516 bytes. */
  public byte[] state() {
    ByteBuffer buffer = ByteBuffer.allocate(STATE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putInt(MAGIC).putInt(twister.used);
    for (int word : twister.state) {
      buffer.putInt(word);
    }
    buffer.putInt(Double.isNaN(spare) ? 0 : 1).putDouble(Double.isNaN(spare) ? 0 : spare);
    return buffer.array();
  }

  /**
   * A generator that goes on where the one that gave this {@link #state()} was.
   *
   * @throws IllegalArgumentException if these are not the bytes of a state
   */
  public static TorchGenerator fromState(byte[] state) {
    TorchGenerator generator = new TorchGenerator(0);
    generator.restore(state);
    return generator;
  }

  /**
   * Goes on where the generator that gave this {@link #state()} was.
   *
   * @throws IllegalArgumentException if these are not the bytes of a state; nothing changes then
   */
  public void restore(byte[] state) {
    ByteBuffer buffer = ByteBuffer.wrap(state).order(ByteOrder.LITTLE_ENDIAN);
    if (state.length != STATE_BYTES || buffer.getInt() != MAGIC) {
      throw new IllegalArgumentException(
          "not the state of a generator: expected %d bytes that begin with SLG1, found %d"
              .formatted(STATE_BYTES, state.length));
    }
    int used = buffer.getInt();
    if (used < 0 || used > MersenneTwister.N) {
      throw new IllegalArgumentException(
          "a generator's state says that %d words are used; expected 0 to %d"
              .formatted(used, MersenneTwister.N));
    }
    int[] words = new int[MersenneTwister.N];
    for (int i = 0; i < words.length; i++) {
      words[i] = buffer.getInt();
    }
    boolean hasSpare = buffer.getInt() != 0;
    double savedSpare = buffer.getDouble();
    twister = new MersenneTwister(words, used);
    spare = hasSpare ? savedSpare : Double.NaN;
  }
}
