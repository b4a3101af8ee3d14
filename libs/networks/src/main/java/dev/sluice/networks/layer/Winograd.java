package dev.sluice.networks.layer;

import static dev.sluice.networks.layer.Layers.channels;
import static dev.sluice.networks.layer.Layers.extent;
import static dev.sluice.networks.layer.Layers.reshape;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TFloating;

/**
 * Convolution with 3x3 filters by half as many multiplications: four rows of results at a time, of
 * six products in place of twelve, {@code F(4, 3)} of Winograd 1980 (Lavin and Gray 2015, section
 * 4) down the height. Across the width it stays a product over three pixels: twice over, half as
 * many multiplications again cost more passes over the map than they save.
 *
 * <p>With rows {@code d} of the map and {@code g} of the filters, {@code y = Aᵀ ((G g) ∘ (Bᵀ d))}
 * of the points 0, ±1, ±2 and infinity. What {@code G} divides by is taken to {@code Bᵀ}: filters
 * are transformed at every call, and many of them are more than the pixels that they meet. Rounding
 * stays that of a sum of as many products in another order.
 */
final class Winograd {

  /** Rows of results that are made together. */
  private static final int ROWS = 4;

  /** Products that give them. */
  private static final int PRODUCTS = ROWS + 2;

  /** Bytes of what the products of a band take in, for each picture: what a cache holds. */
  private static final int BAND_BYTES = 16 << 20;

  private Winograd() {}

  /**
   * The convolution at every pixel, zeros around the map.
   *
   * @param x {@code [batch, height, width, channels]}
   * @param filters {@code [3, 3, channels, out]}
   * @return {@code [batch, height, width, out]}
   */
  static <T extends TFloating> Operand<T> of(Ops tf, Operand<T> x, Operand<T> filters) {
    return of(tf, x, filters, BAND_BYTES);
  }

  /** {@link #of(Ops, Operand, Operand)} with bands of another size, in bytes of each picture. */
  static <T extends TFloating> Operand<T> of(
      Ops tf, Operand<T> x, Operand<T> filters, int bandBytes) {
    int height = extent(x, 1);
    int width = extent(x, 2);
    int channels = channels(x);
    int out = channels(filters);
    int tiles = (height + ROWS - 1) / ROWS;
    Operand<T> padded = Convolution.pad(tf, x, 1, ROWS * (tiles + 1) - height - 1, 1, 1);
    Operand<T> map = reshape(tf, padded, -1, ROWS, width + 2, channels);
    // Not before the map is there: else those of all layers would be made at the start of a call.
    Ops after = tf.withControlDependencies(List.<Op>of(map));
    List<Operand<T>> transformed = filters(tf, Convolution.filterRows(after, filters));
    long tileBytes = 4L * PRODUCTS * 3 * channels * width;
    int bandTiles = (int) Math.max(1, Math.min(tiles, bandBytes / tileBytes));
    Operand<T> y =
        new Bands<>(tf, Convolution.batch(tf, x), map, tiles, 1, bandTiles)
            .of(ROWS * width, out, band -> band(tf, band, width, transformed));
    Operand<T> rows = reshape(tf, y, -1, ROWS * tiles, width, out);
    return ROWS * tiles == height
        ? rows
        : Convolution.slice(tf, rows, new int[4], new int[] {-1, height, width, out});
  }

  /** {@code G g}, but for factors. */
  private static <T extends TFloating> List<Operand<T>> filters(Ops tf, List<Operand<T>> g) {
    Operand<T> ends = tf.math.add(g.get(0), g.get(2));
    Operand<T> farEnds = tf.math.add(g.get(0), times(tf, 4, g.get(2)));
    Operand<T> farMiddle = times(tf, 2, g.get(1));
    return List.of(
        g.get(0),
        tf.math.add(ends, g.get(1)),
        tf.math.sub(ends, g.get(1)),
        tf.math.add(farEnds, farMiddle),
        tf.math.sub(farEnds, farMiddle),
        g.get(2));
  }

  /**
   * @param map {@code [tiles + 1, 4, width + 2, channels]}
   * @return {@code [tiles 4 width, out]}
   */
  private static <T extends TFloating> Operand<T> band(
      Ops tf, Operand<T> map, int width, List<Operand<T>> filters) {
    List<Operand<T>> pixels = pixels(tf, tileRows(tf, map));
    List<Operand<T>> products = new ArrayList<>();
    for (int i = 0; i < PRODUCTS; i++) {
      Operand<T> lines = Convolution.lines(tf, pixels.get(i), width, 3);
      products.add(tf.linalg.matMul(lines, filters.get(i)));
    }
    int out = channels(filters.get(0));
    List<Operand<T>> rows = new ArrayList<>();
    for (Operand<T> row : results(tf, products)) {
      rows.add(reshape(tf, row, -1, width * out));
    }
    return reshape(tf, tf.stack(rows, Stack.axis(1L)), -1, out);
  }

  /**
   * The six rows of each tile, {@code [tiles, width + 2, channels]}: the last two are the next's.
   */
  private static <T extends TFloating> List<Operand<T>> tileRows(Ops tf, Operand<T> map) {
    int width = extent(map, 2);
    int channels = channels(map);
    int[] one = {-1, 1, width, channels};
    int[] all = {-1, width, channels};
    List<Operand<T>> rows = new ArrayList<>();
    List<Operand<T>> next = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      Operand<T> row =
          reshape(tf, Convolution.slice(tf, map, new int[] {0, i, 0, 0}, one), -1, width, channels);
      Operand<TInt32> tiles = tf.math.sub(tf.shape(row), tf.constant(new int[] {1, 0, 0}));
      // What is sliced by a computed size has no shape of its own.
      rows.add(reshape(tf, tf.slice(row, tf.constant(new int[3]), tiles), -1, width, channels));
      if (i < PRODUCTS - ROWS) {
        next.add(Convolution.slice(tf, row, new int[] {1, 0, 0}, all));
      }
    }
    rows.addAll(next);
    return rows;
  }

  /** {@code Bᵀ d}, with the factors of {@code G}. */
  private static <T extends TFloating> List<Operand<T>> pixels(Ops tf, List<Operand<T>> d) {
    Operand<T> even = times(tf, 1 / 6f, tf.math.sub(times(tf, 4, d.get(2)), d.get(4)));
    Operand<T> odd = times(tf, 1 / 6f, tf.math.sub(times(tf, 4, d.get(1)), d.get(3)));
    Operand<T> farEven = times(tf, 1 / 24f, tf.math.sub(d.get(4), d.get(2)));
    Operand<T> farOdd = times(tf, 1 / 12f, tf.math.sub(d.get(3), d.get(1)));
    return List.of(
        tf.math.add(tf.math.sub(d.get(0), d.get(2)), times(tf, 6, farEven)),
        tf.math.add(even, odd),
        tf.math.sub(even, odd),
        tf.math.add(farEven, farOdd),
        tf.math.sub(farEven, farOdd),
        tf.math.sub(tf.math.sub(d.get(5), d.get(3)), times(tf, 48, farOdd)));
  }

  /** {@code Aᵀ m}. */
  private static <T extends TFloating> List<Operand<T>> results(Ops tf, List<Operand<T>> m) {
    Operand<T> sum = tf.math.add(m.get(1), m.get(2));
    Operand<T> difference = tf.math.sub(m.get(1), m.get(2));
    Operand<T> farSum = tf.math.add(m.get(3), m.get(4));
    Operand<T> farDifference = tf.math.sub(m.get(3), m.get(4));
    return List.of(
        tf.math.add(tf.math.add(m.get(0), sum), farSum),
        tf.math.add(difference, times(tf, 2, farDifference)),
        tf.math.add(sum, times(tf, 4, farSum)),
        tf.math.add(tf.math.add(difference, times(tf, 8, farDifference)), m.get(5)));
  }

  private static <T extends TFloating> Operand<T> times(Ops tf, float factor, Operand<T> x) {
    return tf.math.mul(x, Factors.as(tf, tf.constant(factor), x.type()));
  }
}
