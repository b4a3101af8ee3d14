package dev.sluice.catalog;

import dev.sluice.catalog.file.InvalidConfigException;
import java.util.List;

/**
 * The size of a denoiser's own samples.
 *
 * @param height in values of a sample
 * @param width as {@code height}
 * @param downscale pixels per value and side: 1 where samples are pictures
 */
public record SampleSize(int height, int width, int downscale) {

  private static final String KEY = "sample_size";

  /**
   * Reads it from the denoiser's config: one number, or height and width. Where it gives none, it
   * is what diffusers takes for the family.
   *
   * @throws InvalidConfigException if it gives something else, or the family has no usual size
   */
  static SampleSize of(ModelFolder model) {
    DenoiserKind denoiser = model.pipeline().denoiser();
    Config config = model.config(denoiser.component());
    List<Integer> given =
        config.isList(KEY)
            ? config.integers(KEY, List.of())
            : config.has(KEY) ? List.of(config.integer(KEY)) : List.of();
    List<Integer> size = given.isEmpty() ? List.of(denoiser.usualSize()) : given;
    if (size.size() > 2 || size.stream().anyMatch(side -> side < 1)) {
      throw new InvalidConfigException(
          "%s: %s is %s; expected the size of samples that the model was trained with: one number, or height and width"
              .formatted(config.origin(), KEY, given.isEmpty() ? "not given" : given));
    }
    return new SampleSize(size.get(0), size.get(size.size() - 1), downscale(model));
  }

  private static int downscale(ModelFolder model) {
    PipelineClass pipeline = model.pipeline();
    return pipeline.finish() == PipelineClass.Finish.AUTOENCODER
        ? downscale(model.config(pipeline.autoencoder()))
        : 1;
  }

  /** An autoencoder halves a picture between its blocks; its first layer may take patches. */
  public static int downscale(Config autoencoder) {
    int halvings = autoencoder.integers("block_out_channels", List.of(64)).size() - 1;
    return autoencoder.integer("patch_size", 1) << halvings;
  }

  /** The codes of a sample on two levels, the coarse one of half the height and width. */
  public int codes() {
    return height * width + height * width / 4;
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
