package dev.sluice.planning.input;

import dev.sluice.catalog.Ability;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.catalog.PipelineClass;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.planning.request.GivenPicture;
import dev.sluice.planning.request.ImageSize;
import dev.sluice.planning.request.RequestException;
import dev.sluice.planning.request.RequestedSize;
import dev.sluice.planning.route.Sizes;
import java.util.Optional;

/** A picture that is not started from but made larger. */
final class PictureToEnlarge {

  private PictureToEnlarge() {}

  /**
   * A finished one, as the networks of the last stage take it.
   *
   * @throws RequestException if it is not as large as what they enlarge
   */
  static GivenPicture finished(ModelFolder model, GivenPicture image) {
    ImageSize expected = Sizes.enlarged(model);
    if (!image.size().equals(expected)) {
      throw RequestException.invalid(
          image.field(),
          "The picture is %s pixels; model %s enlarges pictures of %s. Scale it to that first."
              .formatted(image.size(), model.name(), expected));
    }
    return image;
  }

  /**
   * The size of what a denoiser makes of one, where that follows from it: latents of the large
   * picture have the extents of the small one.
   *
   * @throws RequestException if it is too large for that, or another size is asked for
   */
  static Optional<ImageSize> sizeMade(
      ModelFolder model, GivenPicture image, GenerationRequest request) {
    if (!model.abilities().contains(Ability.SUPER_RESOLUTION)
        || model.pipeline().finish() != PipelineClass.Finish.AUTOENCODER) {
      return Optional.empty();
    }
    int scale = model.sampleSize().downscale();
    int most = Sizes.limits(model).most() / scale;
    ImageSize given = image.size();
    if (Math.max(given.width(), given.height()) > most) {
      throw RequestException.invalid(
          image.field(),
          "The %s has %s pixels; model %s enlarges pictures of at most %d on each side, %d times."
              .formatted(image.field(), given, model.name(), most, scale));
    }
    ImageSize made = new ImageSize(given.width() * scale, given.height() * scale);
    if (!RequestedSize.of(request, made).equals(made)) {
      throw RequestException.invalid(
          "size",
          "Model %s makes %s pixels of this image; leave the size out, or ask for that."
              .formatted(model.name(), made));
    }
    return Optional.of(made);
  }
}
