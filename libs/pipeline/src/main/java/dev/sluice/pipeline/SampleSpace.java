package dev.sluice.pipeline;

import dev.sluice.networks.config.Config;
import java.util.List;

/**
 * What a denoiser's samples are like.
 *
 * @param channels of a sample
 * @param downscale pixels per value and side: 1 where samples are pictures
 * @param height of the model's own samples
 * @param width as {@code height}
 */
record SampleSpace(int channels, int downscale, int height, int width) {

  /**
   * Reads it from configs.
   *
   * @param denoiser the denoiser's component
   * @param channels of a sample
   * @param autoencoder the component that makes latents into pictures; null for none
   */
  static SampleSpace of(ModelFolder model, String denoiser, int channels, String autoencoder) {
    Config config = model.config(denoiser);
    List<Integer> size = config.integers("sample_size", 2, 1);
    int height = size.get(0);
    int width = size.get(1);
    int downscale = autoencoder == null ? 1 : downscale(model.config(autoencoder));
    return new SampleSpace(channels, downscale, height, width);
  }

  /** An autoencoder halves a picture between its blocks. */
  static int downscale(Config autoencoder) {
    return 1 << autoencoder.integers("block_out_channels", List.of(64)).size() - 1;
  }

  /**
   * The shape of samples.
   *
   * @param pixelHeight of the pictures; 0 for the model's own
   * @throws IllegalArgumentException if no sample has that size
   */
  int[] shape(int pictures, int pixelHeight, int pixelWidth) {
    return new int[] {
      pictures, channels, extent("height", pixelHeight, height), extent("width", pixelWidth, width)
    };
  }

  private int extent(String name, int pixels, int own) {
    if (pixels % downscale != 0) {
      throw new IllegalArgumentException(
          "the %s of %d pixels is not a multiple of %d, which this model needs"
              .formatted(name, pixels, downscale));
    }
    return pixels == 0 ? own : pixels / downscale;
  }

  /** The pixels of a picture of so many values. */
  int pixels(int values) {
    return values * downscale;
  }
}
