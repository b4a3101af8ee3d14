package dev.sluice.planning.route;

import dev.sluice.catalog.Ability;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.catalog.PipelineClass;
import dev.sluice.catalog.SampleGrid;
import dev.sluice.planning.request.ImageSize;
import dev.sluice.planning.request.SizeLimits;

/** The sizes of a model's pictures, by its configs. */
public final class Sizes {

  private static final String DECODER = "decoder";
  private static final String FIRST = "super_res_first";
  private static final String LAST = "super_res_last";

  private Sizes() {}

  /** Whether what the denoiser makes is enlarged afterwards, by other networks. */
  static boolean isEnlarged(ModelFolder model) {
    return model.pipeline().finish() == PipelineClass.Finish.SUPER_RESOLUTION;
  }

  /** The pixels of the pictures that the model makes when a request names none. */
  public static ImageSize natural(ModelFolder model) {
    return isEnlarged(model) ? square(model, LAST) : ImageSize.of(model.sampleSize());
  }

  /** The sizes that can be asked for. */
  public static SizeLimits limits(ModelFolder model) {
    if (isEnlarged(model)) {
      ImageSize natural = natural(model);
      return SizeLimits.only(natural.width() / enlarged(model).width(), natural);
    }
    int scale = model.sampleSize().downscale();
    if (model.abilities().contains(Ability.DRAWN_CODES)) {
      return SizeLimits.only(scale, natural(model));
    }
    SampleGrid grid = SampleGrid.of(model);
    return grid.most() < Integer.MAX_VALUE
        ? SizeLimits.upTo(grid.most() * scale, scale, grid.multiple(), natural(model))
        : SizeLimits.of(scale, grid.multiple(), natural(model));
  }

  /** The pixels of what the last stage enlarges, if it does. */
  public static ImageSize enlarged(ModelFolder model) {
    return square(model, DECODER);
  }

  /** The pixels that the first of several networks enlarges to. */
  public static ImageSize firstEnlargement(ModelFolder model) {
    return square(model, FIRST);
  }

  /**
   * The number of enlargements after the denoiser, whose sampling a request may set one by one. Two
   * networks of one size share one, as Karlo's do; else there is one for each, as in the paper.
   */
  public static int enlargements(ModelFolder model) {
    if (!isEnlarged(model)) {
      return 0;
    }
    return side(model, FIRST) == side(model, LAST) ? 1 : 2;
  }

  /** The network that begins an enlargement, by its place. */
  public static String enlarging(int place) {
    return place == 0 ? FIRST : LAST;
  }

  private static ImageSize square(ModelFolder model, String network) {
    int side = side(model, network);
    return new ImageSize(side, side);
  }

  private static int side(ModelFolder model, String network) {
    return model.config(network).integer("sample_size");
  }
}
