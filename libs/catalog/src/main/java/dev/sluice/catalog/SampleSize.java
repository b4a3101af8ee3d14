package dev.sluice.catalog;

import java.util.List;

/**
 * The size of a denoiser's own samples.
 *
 * @param height in values of a sample
 * @param width as {@code height}
 * @param downscale pixels per value and side: 1 where samples are pictures
 */
public record SampleSize(int height, int width, int downscale) {

  static SampleSize of(ModelFolder model) {
    PipelineClass pipeline = model.pipeline();
    List<Integer> size =
        model.config(pipeline.denoiser().component()).integers("sample_size", 2, 1);
    return new SampleSize(size.get(0), size.get(1), downscale(model));
  }

  private static int downscale(ModelFolder model) {
    PipelineClass pipeline = model.pipeline();
    return pipeline.finish() == PipelineClass.Finish.AUTOENCODER
        ? downscale(model.config(pipeline.autoencoder()))
        : 1;
  }

  /** An autoencoder halves a picture between its blocks. */
  public static int downscale(Config autoencoder) {
    return 1 << autoencoder.integers("block_out_channels", List.of(64)).size() - 1;
  }

  /** The height of the pictures. */
  public int pixelHeight() {
    return height * downscale;
  }

  /** The width of the pictures. */
  public int pixelWidth() {
    return width * downscale;
  }
}
