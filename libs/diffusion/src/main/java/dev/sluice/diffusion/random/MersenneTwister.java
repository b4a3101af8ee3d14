package dev.sluice.diffusion.random;

/** Matsumoto and Nishimura 1998, MT19937. */
final class MersenneTwister {

  static final int N = 624;
  private static final int M = 397;

  final int[] state;

  /** How many words of {@link #state} are used up. */
  int used;

  MersenneTwister(int seed) {
    state = new int[N];
    state[0] = seed;
    for (int i = 1; i < N; i++) {
      state[i] = 1812433253 * (state[i - 1] ^ state[i - 1] >>> 30) + i;
    }
    used = N;
  }

  MersenneTwister(int[] state, int used) {
    this.state = state;
    this.used = used;
  }

  /** The next 32 random bits. */
  int next() {
    if (used == N) {
      regenerate();
    }
    int y = state[used++];
    y ^= y >>> 11;
    y ^= y << 7 & 0x9d2c5680;
    y ^= y << 15 & 0xefc60000;
    return y ^ y >>> 18;
  }

  private void regenerate() {
    for (int i = 0; i < N; i++) {
      int y = state[i] & 0x80000000 | state[(i + 1) % N] & 0x7fffffff;
      state[i] = state[(i + M) % N] ^ y >>> 1 ^ ((y & 1) == 0 ? 0 : 0x9908b0df);
    }
    used = 0;
  }
}
