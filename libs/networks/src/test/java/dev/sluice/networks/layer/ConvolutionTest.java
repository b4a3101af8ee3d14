package dev.sluice.networks.layer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Whichever way a convolution goes, it gives the same. */
class ConvolutionTest {

  private static final int OUT = 4;

  private static final Offset<Float> ROUNDING = Offset.offset(2e-5f);

  /** A way to convolve. */
  private interface Way {
    Operand<TFloat32> of(Ops tf, Operand<TFloat32> x, Operand<TFloat32> filters);
  }

  /** What comes of it. */
  private record Made(Shape shape, float[] values) {

    void assertIs(Made other) {
      assertThat(shape).isEqualTo(other.shape);
      assertThat(values).containsExactly(other.values, ROUNDING);
    }
  }

  @Property(tries = 60)
  void winograd_isAConvolution(
      @ForAll @IntRange(min = 1, max = 3) int batch,
      @ForAll @IntRange(min = 1, max = 18) int height,
      @ForAll @IntRange(min = 1, max = 9) int width,
      @ForAll @IntRange(min = 1, max = 9000) int bandBytes,
      @ForAll long seed) {
    int[] x = {batch, height, width, 3};

    Made made = run(x, 3, seed, (tf, in, filters) -> Winograd.of(tf, in, filters, bandBytes));

    assertThat(made.shape()).isEqualTo(Shape.of(batch, height, width, OUT));
    made.assertIs(run(x, 3, seed, Convolution::direct));
  }

  @Test
  void winograd_roundsAFewTimesAsMuchAsASum() {
    int[] x = {1, 16, 16, 256};
    double[] exact = exact(x, 1);

    double winograd = error(run(x, 3, 1, Winograd::of), exact);
    double direct = error(run(x, 3, 1, Convolution::direct), exact);

    assertThat(winograd).isLessThan(8 * direct);
  }

  /** In double precision, of the same numbers as {@link #run}. */
  private static double[] exact(int[] x, long seed) {
    Random random = new Random(seed);
    try (TFloat32 picture = values(random, Shape.of(x[0], x[1], x[2], x[3]));
        TFloat32 filters = values(random, Shape.of(3, 3, x[3], OUT))) {
      double[] sums = new double[x[1] * x[2] * OUT];
      for (int i = 0; i < sums.length; i++) {
        int row = i / OUT / x[2];
        int column = i / OUT % x[2];
        for (int dy = Math.max(-1, -row); dy <= Math.min(1, x[1] - 1 - row); dy++) {
          for (int dx = Math.max(-1, -column); dx <= Math.min(1, x[2] - 1 - column); dx++) {
            for (int c = 0; c < x[3]; c++) {
              sums[i] +=
                  (double) picture.getFloat(0, row + dy, column + dx, c)
                      * filters.getFloat(dy + 1, dx + 1, c, i % OUT);
            }
          }
        }
      }
      return sums;
    }
  }

  /** The root of the mean square. */
  private static double error(Made made, double[] exact) {
    double sum = 0;
    for (int i = 0; i < exact.length; i++) {
      sum += (made.values[i] - exact[i]) * (made.values[i] - exact[i]);
    }
    return Math.sqrt(sum / exact.length);
  }

  @Property(tries = 20)
  void patches_areAConvolution(
      @ForAll @IntRange(min = 1, max = 3) int batch,
      @ForAll @IntRange(min = 1, max = 9) int height,
      @ForAll @IntRange(min = 1, max = 9) int width,
      @ForAll @IntRange(min = 1, max = 2) int half,
      @ForAll long seed) {
    int[] x = {batch, height, width, 3};
    int kernel = 2 * half + 1;

    Made patches = run(x, kernel, seed, Convolution::patches);

    assertThat(patches.shape()).isEqualTo(Shape.of(batch, height, width, OUT));
    patches.assertIs(run(x, kernel, seed, Convolution::direct));
  }

  @Property(tries = 40)
  void everySecond_isAStridedConvolution(
      @ForAll @IntRange(min = 1, max = 3) int batch,
      @ForAll @IntRange(min = 2, max = 9) int height,
      @ForAll @IntRange(min = 2, max = 9) int width,
      @ForAll @IntRange(min = 0, max = 1) int before,
      @ForAll @IntRange(min = 1, max = 4000) int bandBytes,
      @ForAll long seed) {
    int[] x = {batch, height, width, 3};

    Made second =
        run(
            x,
            3,
            seed,
            (tf, in, filters) -> Convolution.everySecond(tf, in, filters, before, 1, bandBytes));

    assertThat(second.shape())
        .isEqualTo(Shape.of(batch, (height + before) / 2, (width + before) / 2, OUT));
    second.assertIs(
        run(x, 3, seed, (tf, in, filters) -> Convolution.direct(tf, in, filters, 2, before, 1)));
  }

  /** Of random numbers, in a graph that leaves the number of pictures open, as networks do. */
  private static Made run(int[] x, int kernel, long seed, Way way) {
    Shape filters = Shape.of(kernel, kernel, x[3], OUT);
    Random random = new Random(seed);
    try (Graph graph = new Graph();
        Session session = new Session(graph);
        TFloat32 picture = values(random, Shape.of(x[0], x[1], x[2], x[3]));
        TFloat32 weights = values(random, filters)) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> in =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, x[1], x[2], x[3])));
      Placeholder<TFloat32> by = tf.placeholder(TFloat32.class, Placeholder.shape(filters));
      Operand<TFloat32> y = way.of(tf, in, by);
      try (var result = session.runner().feed(in, picture).feed(by, weights).fetch(y).run()) {
        TFloat32 values = (TFloat32) result.get(0);
        float[] read = new float[(int) values.size()];
        values.asRawTensor().data().asFloats().read(read);
        return new Made(values.shape(), read);
      }
    }
  }

  private static TFloat32 values(Random random, Shape shape) {
    return TFloat32.tensorOf(
        shape, data -> data.scalars().forEach(value -> value.setFloat(random.nextFloat() - 0.5f)));
  }
}
