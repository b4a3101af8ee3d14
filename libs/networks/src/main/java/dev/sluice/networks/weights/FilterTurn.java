package dev.sluice.networks.weights;

import java.nio.FloatBuffer;
import java.nio.ShortBuffer;

/**
 * Turns filters {@code [out, in, h, w]} into {@code [h, w, in, out]}, by way of a tile in the
 * processor's cache that is filled along the one order and emptied along the other.
 */
abstract class FilterTurn {

  /** Pixels of filters turned together, of one or several input channels. */
  private static final int TILE_PIXELS = 144;

  private final int out;
  private final int in;
  private final int area;

  private FilterTurn(long[] shape) {
    this.out = (int) shape[0];
    this.in = (int) shape[1];
    this.area = (int) (shape[2] * shape[3]);
  }

  /**
   * Of floats.
   *
   * @param block whole output channels, in checkpoint order
   * @param shape of all filters
   * @param target of all filters
   */
  static FilterTurn ofFloats(float[] block, long[] shape, FloatBuffer target) {
    return new FilterTurn(shape) {

      private float[] tile;

      @Override
      void open(int size) {
        tile = new float[size];
      }

      @Override
      void scatter(int from, int count, int channel, int channels) {
        for (int i = 0, to = channel; i < count; i++, to += channels) {
          tile[to] = block[from + i];
        }
      }

      @Override
      void put(int at, int from, int count) {
        target.put(at, tile, from, count);
      }
    };
  }

  /** Of half precision, as {@link #ofFloats}. */
  static FilterTurn ofHalves(short[] block, long[] shape, ShortBuffer target) {
    return new FilterTurn(shape) {

      private short[] tile;

      @Override
      void open(int size) {
        tile = new short[size];
      }

      @Override
      void scatter(int from, int count, int channel, int channels) {
        for (int i = 0, to = channel; i < count; i++, to += channels) {
          tile[to] = block[from + i];
        }
      }

      @Override
      void put(int at, int from, int count) {
        target.put(at, tile, from, count);
      }
    };
  }

  /**
   * Turns the block.
   *
   * @param first its first output channel
   * @param channels how many it has
   */
  final void turn(int first, int channels) {
    int most = Math.max(1, TILE_PIXELS / area);
    open(most * area * channels);
    for (int i = 0; i < in; i += most) {
      int inputs = Math.min(most, in - i);
      for (int o = 0; o < channels; o++) {
        scatter((o * in + i) * area, inputs * area, o, channels);
      }
      for (int a = 0; a < area; a++) {
        for (int k = 0; k < inputs; k++) {
          put((a * in + i + k) * out + first, (k * area + a) * channels, channels);
        }
      }
    }
  }

  /** Makes a tile. */
  abstract void open(int size);

  /** Values of the block into the tile, one for each of its rows of {@code channels}. */
  abstract void scatter(int from, int count, int channel, int channels);

  /** Values of the tile into the target, side by side. */
  abstract void put(int at, int from, int count);
}
