package dev.sluice.serving.memory;

import dev.sluice.catalog.Config;
import dev.sluice.catalog.DenoiserKind;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.catalog.SampleSize;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The memory that work on one row takes besides weights. What a network takes for each pixel is
 * told from its config; the factors are measured on published sizes and rounded up: the UNet of
 * Stable Diffusion 1.5 peaks at 0.6 GB for a row of 64 x 64 and SDXL's at 1.3 GB for one of 128 x
 * 128, Karlo's super resolution at 1.4 GB for one of 256 x 256 and the x4 upscaler's at 0.6 GB for
 * one of 128 x 128, the transformer of SD 3 at 1.2 GB for one of 128 x 128, the autoencoder's
 * decoder at 1.3 GB for a picture of 512 x 512.
 *
 * @param bytesPerPixel of the picture
 * @param bytesPerGivenPixel the same where the picture comes with the task, and is encoded first
 * @param downscale pixels for each value of a sample and side
 * @param own the picture of a request that says nothing of its size
 * @param mostPixels larger pictures are worked on in parts of so many
 */
public record WorkingMemory(
    double bytesPerPixel,
    double bytesPerGivenPixel,
    int downscale,
    PictureSize own,
    long mostPixels) {

  /** Next to nothing, whatever the picture is. */
  public static final WorkingMemory NONE = new WorkingMemory(0, 1, PictureSize.pixels(1, 1), 1);

  private static final int BYTES = Float.BYTES;

  /**
   * Feature maps of the outermost width that are alive at once, by the first of the UNet's levels
   * that attends: among the pixels of the outermost one, or of the next, or of none of the two.
   */
  private static final double[] UNET_MAPS = {120, 60, 40};

  private static final double TRANSFORMER_MAPS = 60;
  private static final double AUTOENCODER_MAPS = 12;

  /** An autoencoder's encoder has fewer maps at the picture's resolution than its decoder. */
  private static final double ENCODER_MAPS = AUTOENCODER_MAPS / 2;

  /** Of work that takes the same for all pictures. */
  public WorkingMemory(double bytesPerPixel, int downscale, PictureSize own, long mostPixels) {
    this(bytesPerPixel, bytesPerPixel, downscale, own, mostPixels);
  }

  /** Of the network that denoises, and of the autoencoder that encodes a picture to begin with. */
  public static WorkingMemory denoiser(ModelFolder model) {
    Config config = model.config(model.pipeline().denoiser().component());
    SampleSize size = model.sampleSize();
    double perPixel = perValue(config) / (size.downscale() * size.downscale());
    // The picture that an upscaler is given is as large as its samples, and is not encoded.
    boolean encodes =
        size.downscale() > 1 && model.pipeline().denoiser() != DenoiserKind.LATENT_UPSCALER;
    double perGivenPixel =
        encodes
            ? Math.max(perPixel, ENCODER_MAPS * BYTES * outermost(autoencoder(model)))
            : perPixel;
    return new WorkingMemory(perPixel, perGivenPixel, size.downscale(), own(size), Long.MAX_VALUE);
  }

  /**
   * Of the autoencoder.
   *
   * @param mostPixels as the component
   */
  public static WorkingMemory autoencoder(ModelFolder model, long mostPixels) {
    SampleSize size = model.sampleSize();
    return new WorkingMemory(
        AUTOENCODER_MAPS * BYTES * outermost(autoencoder(model)),
        size.downscale(),
        own(size),
        mostPixels);
  }

  /** Of a network that makes pictures of its own size out of smaller ones. */
  public static WorkingMemory superResolution(Config config) {
    List<Integer> side = config.counts("sample_size", 2, 1);
    return new WorkingMemory(
        perValue(config), 1, PictureSize.pixels(side.get(0), side.get(1)), Long.MAX_VALUE);
  }

  private static Config autoencoder(ModelFolder model) {
    return model.config(model.pipeline().autoencoder());
  }

  private static PictureSize own(SampleSize size) {
    return PictureSize.pixels(size.pixelHeight(), size.pixelWidth());
  }

  private static double perValue(Config config) {
    if (config.has("block_out_channels")) {
      return UNET_MAPS[attendingLevel(config)] * BYTES * outermost(config);
    }
    int patch = config.integer("patch_size", 2);
    int width =
        config.integer("num_attention_heads", 16) * config.integer("attention_head_dim", 64);
    return TRANSFORMER_MAPS * BYTES * width / (patch * patch);
  }

  private static int attendingLevel(Config config) {
    List<String> blocks = config.strings("down_block_types", List.of());
    int none = UNET_MAPS.length - 1;
    return IntStream.range(0, Math.min(none, blocks.size()))
        .filter(level -> blocks.get(level).contains("Attn"))
        .findFirst()
        .orElse(none);
  }

  private static int outermost(Config config) {
    return config.integers("block_out_channels", List.of(320)).get(0);
  }

  /** What one row of a picture of that size takes, in bytes. */
  public long row(PictureSize size) {
    return (long) (bytesPerPixel(size) * Math.min(mostPixels, pixels(size).area()));
  }

  /** What one row takes for each pixel of a picture of that kind. */
  public double bytesPerPixel(PictureSize size) {
    return size.isGiven() ? bytesPerGivenPixel : bytesPerPixel;
  }

  /** The size in pixels. */
  public PictureSize pixels(PictureSize size) {
    return size.isOwn() ? own : size.inPixels(downscale);
  }

  /** How many values of samples fit into that many bytes. */
  public long values(long bytes) {
    return bytesPerPixel == 0
        ? Long.MAX_VALUE
        : Math.max(1, (long) (bytes / (bytesPerPixel * downscale * downscale)));
  }
}
