package dev.sluice.networks.layer;

import static dev.sluice.networks.layer.Layers.channels;
import static dev.sluice.networks.layer.Layers.extent;
import static dev.sluice.networks.layer.Layers.reshape;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TFloating;

/**
 * Ways to convolve a feature map {@code [batch, height, width, channels]} with square filters
 * {@code [kernel, kernel, channels, out]}, of an odd kernel from 3 on, at every pixel, zeros around
 * it. All give {@code [batch, height, width, out]}, the same but for rounding. Those at every
 * second pixel give half of that.
 *
 * <p>TensorFlow's convolution brings the filters into an order of oneDNN's own at every call and
 * runs at a fraction of a product's rate where channels are many. Laid out as factors of products
 * the same sums are two to five times as fast from {@value #PRODUCTS_FROM_FILTERS} filters on, and
 * of large maps {@link Winograd} needs half the products.
 */
final class Convolution {

  /** Filters of one pixel ({@code channels x out}) from which products pay. */
  private static final long PRODUCTS_FROM_FILTERS = 1 << 14;

  /** As {@link #PRODUCTS_FROM_FILTERS}, in bfloat16, of which convolutions make more. */
  private static final long BFLOAT16_PRODUCTS_FROM_FILTERS = 1 << 19;

  /**
   * Pixels from which fewer products pay: of less, filters take longer to transform than to apply.
   */
  private static final int WINOGRAD_FROM_PIXELS = 256;

  /**
   * Pixels up to which whole patches pay where a gradient may be taken, which keeps them until
   * then.
   */
  private static final int GRADIENT_PATCHES_TO_PIXELS = 1024;

  /** Pixels up to which whole patches pay in bfloat16. */
  private static final int BFLOAT16_PATCHES_TO_PIXELS = 256;

  /**
   * Bytes of all patches, side by side, from which a convolution is none of TensorFlow's: where the
   * processor has no AVX-512, oneDNN lays patches out for it, refuses to when they are too many
   * (two gigabytes are), and falls back to loops over single numbers, a hundred times as slow.
   */
  private static final long LARGE_BYTES = 1L << 29;

  /** Bytes of the pixels that are laid out at a time for each picture. */
  static final int BAND_BYTES = 32 << 20;

  private Convolution() {}

  /** By the fastest way that has a gradient, if one may be taken. */
  @SuppressWarnings("unchecked")
  static <T extends TFloating> Operand<T> of(
      Ops tf, Operand<T> x, Operand<T> filters, boolean differentiable) {
    if (extent(filters, 0) == 1) {
      return product(tf, x, filters);
    }
    long pixels = (long) extent(x, 1) * extent(x, 2);
    if (x.type() == TBfloat16.class) {
      boolean areFiltersMany =
          (long) channels(x) * channels(filters) >= BFLOAT16_PRODUCTS_FROM_FILTERS;
      int most = differentiable ? GRADIENT_PATCHES_TO_PIXELS : BFLOAT16_PATCHES_TO_PIXELS;
      return pixels <= most && areFiltersMany ? patches(tf, x, filters) : direct(tf, x, filters);
    }
    if (!areProductsBetter(x, filters)) {
      return direct(tf, x, filters);
    }
    if (differentiable || extent(filters, 0) != 3) {
      return pixels <= GRADIENT_PATCHES_TO_PIXELS
          ? patches(tf, x, filters)
          : direct(tf, x, filters);
    }
    return pixels < WINOGRAD_FROM_PIXELS
        ? patches(tf, x, filters)
        : (Operand<T>) Winograd.of(tf, (Operand<TFloat32>) x, (Operand<TFloat32>) filters);
  }

  /** In float32: where they are faster, or oneDNN may have no convolution. */
  private static boolean areProductsBetter(Operand<?> x, Operand<?> filters) {
    long filter = (long) extent(filters, 0) * extent(filters, 1) * channels(x);
    return (long) channels(x) * channels(filters) >= PRODUCTS_FROM_FILTERS
        || 4 * filter * extent(x, 1) * extent(x, 2) >= LARGE_BYTES;
  }

  /**
   * At every {@code stride}th pixel, zeros around the map as they are given, with filters of any
   * kernel.
   *
   * @param before zeros above and to the left
   * @param after zeros below and to the right
   */
  static <T extends TFloating> Operand<T> strided(
      Ops tf,
      Operand<T> x,
      Operand<T> filters,
      int stride,
      int before,
      int after,
      boolean differentiable) {
    if (stride == 2
        && extent(filters, 0) == 3
        && !differentiable
        && x.type() != TBfloat16.class
        && areProductsBetter(x, filters)) {
      return everySecond(tf, x, filters, before, after, BAND_BYTES);
    }
    return direct(tf, x, filters, stride, before, after);
  }

  /** TensorFlow's own, of any stride. */
  static <T extends TFloating> Operand<T> direct(
      Ops tf, Operand<T> x, Operand<T> filters, int stride, int before, int after) {
    List<Long> strides = List.of(1L, (long) stride, (long) stride, 1L);
    Operand<T> padded = before + after == 0 ? x : pad(tf, x, before, after);
    return tf.nn.conv2d(padded, filters, strides, "VALID");
  }

  /** TensorFlow's own. */
  static <T extends TFloating> Operand<T> direct(Ops tf, Operand<T> x, Operand<T> filters) {
    return tf.nn.conv2d(x, filters, List.of(1L, 1L, 1L, 1L), "SAME");
  }

  /** One product of all pixels around each pixel with all filters. */
  static <T extends TFloating> Operand<T> patches(Ops tf, Operand<T> x, Operand<T> filters) {
    int kernel = extent(filters, 0);
    Operand<T> padded = pad(tf, x, kernel / 2);
    int[] size = {-1, extent(x, 1), extent(x, 2), channels(x)};
    List<Operand<T>> shifted = new ArrayList<>();
    for (int dy = 0; dy < kernel; dy++) {
      for (int dx = 0; dx < kernel; dx++) {
        shifted.add(slice(tf, padded, new int[] {0, dy, dx, 0}, size));
      }
    }
    return product(tf, tf.concat(shifted, tf.constant(3)), filters);
  }

  /**
   * Products for the rows of 3x3 filters at every second pixel. Two rows, and two pixels of a row,
   * are taken together, as they lie.
   *
   * @param before zeros above and to the left
   * @param after zeros below and to the right
   * @param bandBytes of what is laid out at a time for each picture
   */
  static <T extends TFloating> Operand<T> everySecond(
      Ops tf, Operand<T> x, Operand<T> filters, int before, int after, int bandBytes) {
    int height = (extent(x, 1) + before + after - 3) / 2 + 1;
    int width = (extent(x, 2) + before + after - 3) / 2 + 1;
    int channels = channels(x);
    Operand<T> padded =
        pad(
            tf,
            x,
            before,
            2 * (height + 1) - extent(x, 1) - before,
            before,
            2 * (width + 1) - extent(x, 2) - before);
    Operand<T> map = reshape(tf, padded, -1, 2, width + 1, 2 * channels);
    List<Operand<T>> filterRows = filterRows(tf, filters);
    long rowBytes = 2L * 4 * 3 * channels * width;
    int bandRows = (int) Math.max(1, Math.min(height, bandBytes / rowBytes - 1));
    return new Bands<>(tf, batch(tf, x), map, height, 1, bandRows)
        .of(width, channels(filters), part -> secondBand(tf, part, width, filterRows));
  }

  /**
   * @param map {@code [rows + 1, 2, width + 1, 2 channels]}
   * @return {@code [rows width, out]}
   */
  private static <T extends TFloating> Operand<T> secondBand(
      Ops tf, Operand<T> map, int width, List<Operand<T>> filterRows) {
    int channels = channels(map) / 2;
    int[] pair = {-1, 2, width, 2 * channels};
    int[] first = {-1, 2, width, channels};
    Operand<T> lines =
        tf.concat(
            List.of(
                slice(tf, map, new int[] {0, 0, 0, 0}, pair),
                slice(tf, map, new int[] {0, 0, 1, 0}, first)),
            tf.constant(3));
    Operand<TInt32> rows = tf.math.sub(tf.shape(lines), tf.constant(new int[] {1, 1, 0, 0}));
    return sumOfProducts(
        tf,
        dy ->
            reshape(
                tf,
                tf.slice(lines, tf.constant(new int[] {dy / 2, dy % 2, 0, 0}), rows),
                -1,
                3 * channels),
        filterRows);
  }

  /** {@code [kernel channels, out]} for each row of the filters. */
  static <T extends TFloating> List<Operand<T>> filterRows(Ops tf, Operand<T> filters) {
    int kernel = extent(filters, 0);
    int[] size = {1, kernel, extent(filters, 2), channels(filters)};
    List<Operand<T>> rows = new ArrayList<>();
    for (int dy = 0; dy < kernel; dy++) {
      Operand<T> row = slice(tf, filters, new int[] {dy, 0, 0, 0}, size);
      rows.add(reshape(tf, row, kernel * extent(filters, 2), channels(filters)));
    }
    return rows;
  }

  /** Of each row of the filters with the pixels that it meets. */
  private static <T extends TFloating> Operand<T> sumOfProducts(
      Ops tf, IntFunction<Operand<T>> pixels, List<Operand<T>> filterRows) {
    Operand<T> sum = null;
    for (int dy = 0; dy < filterRows.size(); dy++) {
      Operand<T> part = tf.linalg.matMul(pixels.apply(dy), filterRows.get(dy));
      sum = sum == null ? part : tf.math.add(sum, part);
    }
    return sum;
  }

  /** How many pictures there are, which a graph leaves open. */
  static Operand<TInt32> batch(Ops tf, Operand<?> x) {
    return tf.squeeze(
        tf.slice(tf.shape(x), tf.constant(new int[] {0}), tf.constant(new int[] {1})));
  }

  /** Of each vector in the last dimension with the filters, as they lie. */
  private static <T extends TFloating> Operand<T> product(
      Ops tf, Operand<T> x, Operand<T> filters) {
    int channels = channels(x);
    int out = channels(filters);
    Operand<T> y =
        tf.linalg.matMul(reshape(tf, x, -1, channels), reshape(tf, filters, channels, out));
    return reshape(tf, y, -1, extent(x, 1), extent(x, 2), out);
  }

  private static <T extends TFloating> Operand<T> pad(Ops tf, Operand<T> x, int margin) {
    return pad(tf, x, margin, margin);
  }

  /**
   * Zeros around a feature map. A convolution can have them by itself, but then TensorFlow's
   * gradient of it fails, which classifiers need to guide.
   *
   * @param before zeros above and to the left
   * @param after zeros below and to the right
   */
  static <T extends TFloating> Operand<T> pad(Ops tf, Operand<T> x, int before, int after) {
    return pad(tf, x, before, after, before, after);
  }

  static <T extends TFloating> Operand<T> pad(
      Ops tf, Operand<T> x, int above, int below, int left, int right) {
    int[][] widths = {{0, 0}, {above, below}, {left, right}, {0, 0}};
    return tf.pad(x, tf.constant(widths), Factors.as(tf, tf.constant(0f), x.type()));
  }

  static <T extends TFloating> Operand<T> slice(Ops tf, Operand<T> x, int[] begin, int[] size) {
    Operand<TInt32> from = tf.constant(begin);
    return tf.slice(x, from, tf.constant(size));
  }
}
