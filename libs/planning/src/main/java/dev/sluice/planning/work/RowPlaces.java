package dev.sluice.planning.work;

import dev.sluice.catalog.Config;
import dev.sluice.catalog.DenoiserKind;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.catalog.PipelineClass;
import dev.sluice.catalog.SampleSize;
import dev.sluice.catalog.cost.RowCost;
import dev.sluice.planning.request.ImageSize;
import dev.sluice.planning.route.Sizes;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** For how many places the networks of a model compute a row, by the model's configs. */
final class RowPlaces {

  /** CLIP's, which T5 is given as well where it stands alone. */
  private static final int TEXT_TOKENS = 77;

  /** Those of T5 behind CLIP's in Stable Diffusion 3. */
  private static final int T5_TOKENS = 256;

  private RowPlaces() {}

  /** The tokens of a text, over all encoders. */
  static long ofText(ModelFolder model) {
    return Stream.of("text_encoder", "text_encoder_2", "text_encoder_3")
        .filter(model::has)
        .mapToLong(
            encoder ->
                encoder.endsWith("3")
                    ? T5_TOKENS
                    : model.config(encoder).integer("max_position_embeddings", TEXT_TOKENS))
        .sum();
  }

  static long ofPrior(ModelFolder model) {
    return RowCost.ofPrior(model.config("prior").integer("num_embeddings", TEXT_TOKENS));
  }

  /** Codes of the autoregressive prior, each of which takes a call. */
  static long codes(ModelFolder model) {
    return model.config(ModelFolder.AUTOREGRESSIVE_PRIOR).integer("num_codes", 1);
  }

  static long ofCodes(ModelFolder model) {
    Config config = model.config(ModelFolder.AUTOREGRESSIVE_PRIOR);
    return RowCost.ofCodes(config.integer("num_embeddings", TEXT_TOKENS), codes(model));
  }

  /** The patches of CLIP's picture tower, and the token that the embedding is read from. */
  static long ofPicture(ModelFolder model) {
    Config config = model.config(ModelFolder.IMAGE_ENCODER);
    long side = config.integer("image_size", 224) / Math.max(1, config.integer("patch_size", 32));
    return side * side + 1;
  }

  /**
   * Of the denoiser.
   *
   * @param pixels of its pictures
   */
  static long ofDenoiser(ModelFolder model, ImageSize pixels) {
    if (model.pipeline().denoiser() == DenoiserKind.CODES) {
      return RowCost.OF_A_CODE;
    }
    SampleSize own = model.sampleSize();
    long values =
        (long) pixels.width() * pixels.height() / ((long) own.downscale() * own.downscale());
    return model.pipeline().denoiser() == DenoiserKind.STABLE_DIFFUSION_3
        ? RowCost.ofJointSequence(
            values,
            model.config(model.pipeline().denoiser().component()).integer("patch_size", 2),
            TEXT_TOKENS + T5_TOKENS)
        : values;
  }

  /**
   * Of the networks that make the denoiser's samples pictures, in order.
   *
   * @param pixels of the denoiser's pictures
   */
  static List<Long> ofFinish(ModelFolder model, ImageSize pixels) {
    long count = (long) pixels.width() * pixels.height();
    if (model.pipeline().finish() != PipelineClass.Finish.SUPER_RESOLUTION) {
      return List.of(count);
    }
    ImageSize last = Sizes.natural(model);
    ImageSize first = Sizes.firstEnlargement(model);
    int enlargements = Sizes.enlargements(model);
    return IntStream.range(0, enlargements)
        .mapToObj(i -> i == enlargements - 1 ? last : first)
        .map(size -> (long) size.width() * size.height())
        .toList();
  }
}
