package dev.sluice.pipeline.upscale;

import dev.sluice.networks.tensor.HostTensor;
import java.util.function.UnaryOperator;

/**
 * Decodes a latent in overlapping tiles, whose overlaps are cross-faded. Memory is that of one tile
 * however large the picture is; colors may shift a little between tiles, because a decoder's norms
 * and attention see one tile only. Tiles are laid out as diffusers lays them: each begins three
 * quarters of a tile after the one before.
 */
final class TiledDecoding {

  private static final int TILE = 64;
  private static final int STRIDE = TILE * 3 / 4;

  private final int upscale;
  private final UnaryOperator<HostTensor.Floats> decoder;

  /**
   * @param upscale pixels per latent value and side
   * @param decoder of one tile {@code [1, channels, height, width]}
   */
  TiledDecoding(int upscale, UnaryOperator<HostTensor.Floats> decoder) {
    this.upscale = upscale;
    this.decoder = decoder;
  }

  HostTensor.Floats decode(HostTensor.Floats latent) {
    int height = latent.shape()[2];
    int width = latent.shape()[3];
    Canvas canvas = null;
    for (int top = 0; isNeeded(top, height); top += STRIDE) {
      for (int left = 0; isNeeded(left, width); left += STRIDE) {
        int tileHeight = Math.min(TILE, height - top);
        int tileWidth = Math.min(TILE, width - left);
        HostTensor.Floats tile = decoder.apply(cut(latent, top, left, tileHeight, tileWidth));
        if (canvas == null) {
          canvas = new Canvas(tile.shape()[1], height * upscale, width * upscale);
        }
        canvas.lay(tile, top * upscale, left * upscale);
      }
    }
    return canvas.picture();
  }

  /** Whether a tile at {@code begin} shows anything that the one before does not. */
  private static boolean isNeeded(int begin, int extent) {
    return begin == 0 || begin + TILE - STRIDE < extent;
  }

  private static HostTensor.Floats cut(
      HostTensor.Floats image, int top, int left, int height, int width) {
    int[] shape = image.shape();
    float[] values = new float[shape[1] * height * width];
    for (int channel = 0; channel < shape[1]; channel++) {
      for (int y = 0; y < height; y++) {
        System.arraycopy(
            image.values(),
            (channel * shape[2] + top + y) * shape[3] + left,
            values,
            (channel * height + y) * width,
            width);
      }
    }
    return new HostTensor.Floats(values, 1, shape[1], height, width);
  }

  /** What is laid later fades in over what lies there, from nothing at its edge to all. */
  private final class Canvas {
    private final int channels;
    private final int height;
    private final int width;
    private final float[] values;

    Canvas(int channels, int height, int width) {
      this.channels = channels;
      this.height = height;
      this.width = width;
      this.values = new float[channels * height * width];
    }

    void lay(HostTensor.Floats tile, int top, int left) {
      int tileHeight = tile.shape()[2];
      int tileWidth = tile.shape()[3];
      int fade = (TILE - STRIDE) * upscale;
      for (int channel = 0; channel < channels; channel++) {
        for (int y = 0; y < tileHeight; y++) {
          float vertical = top == 0 ? 1 : Math.min(1f, (float) y / fade);
          for (int x = 0; x < tileWidth; x++) {
            float horizontal = left == 0 ? 1 : Math.min(1f, (float) x / fade);
            float share = vertical * horizontal;
            int at = (channel * height + top + y) * width + left + x;
            float own = tile.values()[(channel * tileHeight + y) * tileWidth + x];
            values[at] = values[at] * (1 - share) + own * share;
          }
        }
      }
    }

    HostTensor.Floats picture() {
      return new HostTensor.Floats(values, 1, channels, height, width);
    }
  }
}
