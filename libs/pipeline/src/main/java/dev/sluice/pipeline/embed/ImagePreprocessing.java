package dev.sluice.pipeline.embed;

import dev.sluice.catalog.Config;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.math.Resampling;
import dev.sluice.networks.tensor.HostTensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What CLIP does to a picture before it looks at it: the shorter side to a fixed length, the middle
 * cut out, colors normalised; as transformers' {@code CLIPImageProcessor} does with Pillow, whose
 * pixels are bytes between the steps.
 *
 * @param shortestEdge pixels of the shorter side; 0 to leave the size
 * @param resampling of that
 * @param cropHeight pixels of the cut; 0 for none
 * @param cropWidth pixels of the cut
 * @param mean by channel, of pixels in [0, 1]
 * @param deviation by channel
 */
public record ImagePreprocessing(
    int shortestEdge,
    Resampling resampling,
    int cropHeight,
    int cropWidth,
    List<Double> mean,
    List<Double> deviation) {

  private static final int CHANNELS = 3;
  private static final float BYTES = 255;

  private static final List<String> FOLDERS = List.of("feature_extractor", "image_processor");

  /** Pillow's numbers of its filters. */
  private static final int PILLOW_BILINEAR = 2;

  private static final int PILLOW_BICUBIC = 3;

  private static final List<Double> CLIP_MEAN = List.of(0.48145466, 0.4578275, 0.40821073);
  private static final List<Double> CLIP_DEVIATION = List.of(0.26862954, 0.26130258, 0.27577711);

  /**
   * A model's.
   *
   * @param size of the pictures that the image encoder takes, if the model says nothing
   */
  public static ImagePreprocessing of(ModelFolder model, int size) {
    // model_index.json need not name it: it goes with the image encoder, wherever that came from.
    Path encoder = model.component(ImageEncoder.COMPONENT);
    for (String folder : FOLDERS) {
      Path file = encoder.resolveSibling(folder).resolve("preprocessor_config.json");
      if (Files.isRegularFile(file)) {
        return of(Config.read(file), size);
      }
    }
    return new ImagePreprocessing(
        size, Resampling.BICUBIC_ANTIALIAS, size, size, CLIP_MEAN, CLIP_DEVIATION);
  }

  private static ImagePreprocessing of(Config config, int size) {
    boolean crops = config.bool("do_center_crop", true);
    boolean normalises = config.bool("do_normalize", true);
    return new ImagePreprocessing(
        config.bool("do_resize", true) ? extent(config, "size", "shortest_edge", size) : 0,
        resampling(config),
        crops ? extent(config, "crop_size", "height", size) : 0,
        crops ? extent(config, "crop_size", "width", size) : 0,
        normalises ? config.numbers("image_mean", CLIP_MEAN) : List.of(0.0, 0.0, 0.0),
        normalises ? config.numbers("image_std", CLIP_DEVIATION) : List.of(1.0, 1.0, 1.0));
  }

  /** Old configs have a number, newer ones an object. */
  private static int extent(Config config, String key, String part, int whenAbsent) {
    Object value = config.asMap().get(key);
    if (value instanceof Map<?, ?> parts) {
      value = parts.get(part);
    }
    if (value == null) {
      return whenAbsent;
    }
    if (value instanceof Number number && number.intValue() > 0) {
      return number.intValue();
    }
    throw new IllegalArgumentException(
        "%s: %s is %s; expected pixels, or an object with %s"
            .formatted(config.origin(), key, config.asMap().get(key), part));
  }

  private static Resampling resampling(Config config) {
    int filter = config.integer("resample", PILLOW_BICUBIC);
    return switch (filter) {
      case PILLOW_BILINEAR -> Resampling.BILINEAR_ANTIALIAS;
      case PILLOW_BICUBIC -> Resampling.BICUBIC_ANTIALIAS;
      default ->
          throw new IllegalArgumentException(
              "%s: resample is %d; expected %d (bilinear) or %d (bicubic)"
                  .formatted(config.origin(), filter, PILLOW_BILINEAR, PILLOW_BICUBIC));
    };
  }

  /**
   * Prepares a picture.
   *
   * @param picture {@code [1, 3, height, width]} in [-1, 1]
   * @return {@code [1, 3, cropHeight, cropWidth]}
   */
  HostTensor.Floats apply(HostTensor.Floats picture) {
    int[] shape = picture.shape();
    if (shape.length != 4 || shape[0] != 1 || shape[1] != CHANNELS) {
      throw new IllegalArgumentException(
          "a picture to be embedded has the shape %s; expected [1, 3, height, width]"
              .formatted(Arrays.toString(shape)));
    }
    float[] bytes = new float[picture.values().length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = toByte((picture.values()[i] + 1) * BYTES / 2);
    }
    int height = shape[2];
    int width = shape[3];
    if (shortestEdge > 0) {
      int shorter = Math.min(height, width);
      int toHeight = (int) ((long) shortestEdge * height / shorter);
      int toWidth = (int) ((long) shortestEdge * width / shorter);
      bytes = resized(bytes, height, width, toHeight, toWidth);
      height = toHeight;
      width = toWidth;
    }
    return normalised(bytes, height, width);
  }

  /** One axis after the other, as Pillow: what is between them is bytes too. */
  private float[] resized(float[] bytes, int height, int width, int toHeight, int toWidth) {
    float[] wide = resampling.resize(bytes, CHANNELS, height, width, height, toWidth);
    toBytes(wide);
    float[] resized = resampling.resize(wide, CHANNELS, height, toWidth, toHeight, toWidth);
    toBytes(resized);
    return resized;
  }

  private static void toBytes(float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = toByte(values[i]);
    }
  }

  private static float toByte(float value) {
    return Math.max(0, Math.min(BYTES, (float) Math.floor(value + 0.5f)));
  }

  /** Cuts out the middle; what the picture lacks of it is black. */
  private HostTensor.Floats normalised(float[] bytes, int height, int width) {
    int toHeight = cropHeight > 0 ? cropHeight : height;
    int toWidth = cropWidth > 0 ? cropWidth : width;
    int top = Math.floorDiv(height - toHeight, 2);
    int left = Math.floorDiv(width - toWidth, 2);
    float[] values = new float[CHANNELS * toHeight * toWidth];
    for (int i = 0; i < values.length; i++) {
      int channel = i / (toHeight * toWidth);
      int y = i / toWidth % toHeight + top;
      int x = i % toWidth + left;
      boolean inside = y >= 0 && y < height && x >= 0 && x < width;
      double pixel = inside ? bytes[(channel * height + y) * width + x] / BYTES : 0;
      values[i] = (float) ((pixel - mean.get(channel)) / deviation.get(channel));
    }
    return new HostTensor.Floats(values, 1, CHANNELS, toHeight, toWidth);
  }
}
