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
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Convolution with 3x3 filters by half as many multiplications: four rows of results at a time, of
 * six products in place of twelve, {@code F(4, 3)} of Winograd 1980 (Lavin and Gray 2015, section
 * 4) down the height, where rows lie one after the other. Across the width it stays a product over
 * three pixels: there, too, it would take as many passes over the map again.
 *
 * <p>With rows {@code d} of the map and {@code g} of the filters, {@code y = Aᵀ ((G g) ∘ (Bᵀ d))}
 * of the points 0, ±1, ±2 and infinity. What {@code G} divides by is taken to {@code Bᵀ}: filters
 * are transformed at every call, and many of them are more than the pixels that they meet. Rounding
 * is four to five times a plain sum's: less than a millionth of the values.
 */
final class Winograd {

  /** Rows of results that are made together. */
  private static final int ROWS = 4;

  /** Products that give them. */
  private static final int PRODUCTS = ROWS + 2;

  /** Bands of a map: each has operations of its own, which take memory and time to build. */
  private static final int MOST_BANDS = 32;

  private final Ops tf;
  private final Constants constants;
  private final Operand<TInt32> lastAxis;
  private final int width;
  private final int channels;
  private final int out;
  private final List<Operand<TFloat32>> filters;

  /**
   * @param filterRows {@code [3 channels, out]} each
   */
  private Winograd(Ops tf, int width, int channels, int out, List<Operand<TFloat32>> filterRows) {
    this.tf = tf;
    this.constants = new Constants(tf);
    this.lastAxis = tf.constant(2);
    this.width = width;
    this.channels = channels;
    this.out = out;
    this.filters = filters(filterRows);
  }

  /**
   * The convolution at every pixel, zeros around the map.
   *
   * @param x {@code [batch, height, width, channels]}
   * @param filters {@code [3, 3, channels, out]}
   * @return {@code [batch, height, width, out]}
   */
  static Operand<TFloat32> of(Ops tf, Operand<TFloat32> x, Operand<TFloat32> filters) {
    return of(tf, x, filters, Convolution.BAND_BYTES);
  }

  /** {@link #of(Ops, Operand, Operand)} with bands of another size, in bytes of each picture. */
  static Operand<TFloat32> of(
      Ops tf, Operand<TFloat32> x, Operand<TFloat32> filters, int bandBytes) {
    int height = extent(x, 1);
    int width = extent(x, 2);
    int channels = channels(x);
    int out = channels(filters);
    int tiles = (height + ROWS - 1) / ROWS;
    Operand<TFloat32> padded = Convolution.pad(tf, x, 1, ROWS * (tiles + 1) - height - 1, 1, 1);
    Operand<TFloat32> map = reshape(tf, padded, -1, ROWS, width + 2, channels);
    // Not before the map is there: else those of all layers would be made at the start of a call.
    Ops after = tf.withControlDependencies(List.<Op>of(map));
    Winograd way = new Winograd(tf, width, channels, out, Convolution.filterRows(after, filters));
    long tileBytes = 4L * PRODUCTS * 3 * channels * width;
    long bandTiles = Math.max(bandBytes / tileBytes, (tiles + MOST_BANDS - 1) / MOST_BANDS);
    Operand<TFloat32> y =
        new Bands<>(tf, Convolution.batch(tf, x), map, tiles, 1, (int) Math.min(tiles, bandTiles))
            .of(ROWS * width, out, way::band);
    Operand<TFloat32> rows = reshape(tf, y, -1, ROWS * tiles, width, out);
    return ROWS * tiles == height
        ? rows
        : Convolution.slice(tf, rows, new int[4], new int[] {-1, height, width, out});
  }

  /**
   * @param map {@code [tiles + 1, 4, width + 2, channels]}
   * @return {@code [tiles 4 width, out]}
   */
  private Operand<TFloat32> band(Operand<TFloat32> map) {
    List<Operand<TFloat32>> pixels = pixels(tileRows(map));
    List<Operand<TFloat32>> products = new ArrayList<>();
    for (int i = 0; i < PRODUCTS; i++) {
      products.add(tf.linalg.matMul(lines(pixels.get(i)), filters.get(i)));
    }
    Operand<TInt32> rowsOfTiles = constants.of(-1, width * out);
    List<Operand<TFloat32>> rows = new ArrayList<>();
    for (Operand<TFloat32> row : results(products)) {
      rows.add(tf.reshape(row, rowsOfTiles));
    }
    return tf.stack(rows, Stack.axis(1L));
  }

  /** The six rows of each tile, {@code [tiles, width + 2, channels]}: two are the next one's. */
  private List<Operand<TFloat32>> tileRows(Operand<TFloat32> map) {
    List<Operand<TFloat32>> rows = new ArrayList<>();
    Operand<TInt32> tiles = tf.math.sub(tf.shape(map), constants.of(1, 0, 0, 0));
    // What is sliced by a computed size has no shape of its own.
    Operand<TFloat32> own =
        tf.reshape(
            tf.slice(map, constants.of(0, 0, 0, 0), tiles),
            constants.of(-1, ROWS, width + 2, channels));
    Operand<TFloat32> next =
        tf.slice(
            map, constants.of(1, 0, 0, 0), constants.of(-1, PRODUCTS - ROWS, width + 2, channels));
    tf.unstack(own, (long) ROWS, Unstack.axis(1L)).forEach(rows::add);
    tf.unstack(next, (long) (PRODUCTS - ROWS), Unstack.axis(1L)).forEach(rows::add);
    return rows;
  }

  /**
   * The pixels beside each pixel, side by side.
   *
   * @param map {@code [tiles, width + 2, channels]}
   * @return {@code [tiles width, 3 channels]}
   */
  private Operand<TFloat32> lines(Operand<TFloat32> map) {
    Operand<TInt32> size = constants.of(-1, width, channels);
    List<Operand<TFloat32>> shifted = new ArrayList<>();
    for (int dx = 0; dx < 3; dx++) {
      shifted.add(tf.slice(map, constants.of(0, dx, 0), size));
    }
    return tf.reshape(tf.concat(shifted, lastAxis), constants.of(-1, 3 * channels));
  }

  /** {@code G g}, but for factors. */
  private List<Operand<TFloat32>> filters(List<Operand<TFloat32>> g) {
    Operand<TFloat32> ends = plus(g.get(0), g.get(2));
    Operand<TFloat32> farEnds = plus(g.get(0), times(4, g.get(2)));
    Operand<TFloat32> farMiddle = times(2, g.get(1));
    return List.of(
        g.get(0),
        plus(ends, g.get(1)),
        minus(ends, g.get(1)),
        plus(farEnds, farMiddle),
        minus(farEnds, farMiddle),
        g.get(2));
  }

  /** {@code Bᵀ d}, with the factors of {@code G}. */
  private List<Operand<TFloat32>> pixels(List<Operand<TFloat32>> d) {
    Operand<TFloat32> even = times(1 / 6f, minus(times(4, d.get(2)), d.get(4)));
    Operand<TFloat32> odd = times(1 / 6f, minus(times(4, d.get(1)), d.get(3)));
    Operand<TFloat32> farEven = times(1 / 24f, minus(d.get(4), d.get(2)));
    Operand<TFloat32> farOdd = times(1 / 12f, minus(d.get(3), d.get(1)));
    return List.of(
        plus(minus(d.get(0), d.get(2)), times(6, farEven)),
        plus(even, odd),
        minus(even, odd),
        plus(farEven, farOdd),
        minus(farEven, farOdd),
        minus(minus(d.get(5), d.get(3)), times(48, farOdd)));
  }

  /** {@code Aᵀ m}. */
  private List<Operand<TFloat32>> results(List<Operand<TFloat32>> m) {
    Operand<TFloat32> sum = plus(m.get(1), m.get(2));
    Operand<TFloat32> difference = minus(m.get(1), m.get(2));
    Operand<TFloat32> farSum = plus(m.get(3), m.get(4));
    Operand<TFloat32> farDifference = minus(m.get(3), m.get(4));
    return List.of(
        plus(plus(m.get(0), sum), farSum),
        plus(difference, times(2, farDifference)),
        plus(sum, times(4, farSum)),
        plus(plus(difference, times(8, farDifference)), m.get(5)));
  }

  private Operand<TFloat32> plus(Operand<TFloat32> x, Operand<TFloat32> y) {
    return tf.math.add(x, y);
  }

  private Operand<TFloat32> minus(Operand<TFloat32> x, Operand<TFloat32> y) {
    return tf.math.sub(x, y);
  }

  private Operand<TFloat32> times(float factor, Operand<TFloat32> x) {
    return tf.math.mul(x, constants.of(factor));
  }
}
