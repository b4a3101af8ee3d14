package dev.sluice.networks.transformer;

import dev.sluice.catalog.Config;

/**
 * What a {@code CLIPVisionModel} is made of.
 *
 * @param encoder the transformer
 * @param channels of a picture
 * @param imageSize height and width of a picture in pixels
 * @param patchSize height and width of a patch in pixels
 * @param projection width of {@code image_embeds}
 */
public record ClipVisionConfig(
    ClipEncoder encoder, int channels, int imageSize, int patchSize, int projection) {

  /** Reads a config; absent keys take the library's defaults. */
  static ClipVisionConfig of(Config config) {
    return new ClipVisionConfig(
        ClipEncoder.of(config, 768, 3072, 12),
        config.count("num_channels", 3),
        config.count("image_size", 224),
        config.count("patch_size", 32),
        config.count("projection_dim", 512));
  }

  /** Width of a token's state. */
  public int width() {
    return encoder.width();
  }

  /** Patches of a picture. */
  public int patches() {
    return (imageSize / patchSize) * (imageSize / patchSize);
  }
}
