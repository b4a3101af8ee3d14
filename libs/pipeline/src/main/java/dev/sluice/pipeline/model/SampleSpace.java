package dev.sluice.pipeline.model;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.catalog.SampleSize;

/**
 * What a denoiser's samples are like.
 *
 * @param channels of a sample
 * @param downscale pixels per value and side: 1 where samples are pictures
 * @param height of the model's own samples
 * @param width as {@code height}
 */
public record SampleSpace(int channels, int downscale, int height, int width) {

  /**
   * Reads it from configs.
   *
   * @param channels of a sample
   */
  public static SampleSpace of(ModelFolder model, int channels) {
    SampleSize size = model.sampleSize();
    return new SampleSpace(channels, size.downscale(), size.height(), size.width());
  }

  /**
   * The shape of samples.
   *
   * @param pixelHeight of the pictures; 0 for the model's own
   * @throws IllegalArgumentException if no sample has that size
   */
  public int[] shape(int pictures, int pixelHeight, int pixelWidth) {
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
  public int pixels(int values) {
    return values * downscale;
  }
}
