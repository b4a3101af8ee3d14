package dev.sluice.planning.family;

import static dev.sluice.planning.sampling.SettingsOverlay.overlay;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.catalog.SampleGrid;
import dev.sluice.contract.v1.DenoiserParameters;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.contract.v1.Stage;
import dev.sluice.planning.request.GivenPicture;
import dev.sluice.planning.request.ImageSize;
import dev.sluice.planning.request.RequestException;
import dev.sluice.planning.request.SizeLimits;
import dev.sluice.planning.sampling.SamplingDefaults;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Models with one network that denoises, pictures or latents, and at most one that makes latents
 * into pictures.
 *
 * @param denoiser the component that denoises
 * @param autoencoder the component that makes latents into pictures; null for none
 * @param text whether words condition the picture
 * @param classes whether the network may have been trained with classes of pictures
 * @param picture what is done with a picture that comes with the request
 * @param strength of image to image when the request says nothing, without a mask
 * @param own sampling when the request says nothing: that of diffusers
 */
public record DenoisingPlanner(
    String denoiser,
    String autoencoder,
    boolean text,
    boolean classes,
    Picture picture,
    double strength,
    SamplingSettings own)
    implements PipelinePlanner {

  /** What a model does with a picture. */
  enum Picture {
    /** Nothing. */
    NOT_TAKEN,
    /** It can start from one. */
    STARTS_FROM,
    /** It needs one to start from. */
    NEEDS,
    /** It needs one to paint into, and a mask that says where. */
    PAINTS_INTO,
    /** It makes one larger. */
    ENLARGES
  }

  @Override
  public ImageSize naturalSize(ModelFolder model) {
    return ImageSize.of(model.sampleSize());
  }

  @Override
  public SizeLimits limits(ModelFolder model) {
    SampleGrid grid = SampleGrid.of(model);
    int scale = model.sampleSize().downscale();
    return grid.most() < Integer.MAX_VALUE
        ? SizeLimits.upTo(grid.most() * scale, scale, grid.multiple(), naturalSize(model))
        : SizeLimits.of(scale, grid.multiple(), naturalSize(model));
  }

  @Override
  public Optional<SizeLimits> limitsOfPictures(ModelFolder model) {
    return takesMask() ? Optional.of(limits(model)) : Optional.empty();
  }

  @Override
  public boolean isToldOfGuidance(ModelFolder model) {
    return model.config(model.pipeline().denoiser().component()).integer("time_cond_proj_dim", 0)
        > 0;
  }

  /** Latents of the large picture have the extents of the small one. */
  private boolean enlargesByLatents() {
    return picture == Picture.ENLARGES && autoencoder != null;
  }

  @Override
  public void checkEnlarged(ModelFolder model, GivenPicture given) {
    int scale = model.sampleSize().downscale();
    int most = limits(model).most() / scale;
    if (enlargesByLatents() && Math.max(given.size().width(), given.size().height()) > most) {
      throw RequestException.invalid(
          given.field(),
          "The %s has %s pixels; model %s enlarges pictures of at most %d on each side, %d times."
              .formatted(given.field(), given.size(), model.name(), most, scale));
    }
  }

  @Override
  public Optional<ImageSize> sizeFrom(ModelFolder model, GivenPicture given) {
    int scale = model.sampleSize().downscale();
    return enlargesByLatents()
        ? Optional.of(new ImageSize(given.size().width() * scale, given.size().height() * scale))
        : Optional.empty();
  }

  @Override
  public int upscalers(ModelFolder model) {
    return 0;
  }

  @Override
  public boolean takesText() {
    return text;
  }

  @Override
  public boolean takesMask() {
    return picture != Picture.NOT_TAKEN && picture != Picture.ENLARGES;
  }

  /** Whether latents can go to or come from another model in the middle of the schedule. */
  public boolean handsOver() {
    return text
        && autoencoder != null
        && denoiser.equals("unet")
        && (picture == Picture.STARTS_FROM || picture == Picture.NEEDS);
  }

  @Override
  public List<Stage> stages() {
    return text
        ? List.of(Stage.TEXT_ENCODER, Stage.DENOISER, Stage.UPSCALER)
        : List.of(Stage.DENOISER, Stage.UPSCALER);
  }

  @Override
  public int classes(ModelFolder model) {
    if (!classes) {
      return 0;
    }
    return model.classes();
  }

  @Override
  public List<RouteStep> route(ModelFolder model, GenerationRequest request) {
    checkPicture(model, request);
    List<RouteStep> route = new ArrayList<>();
    if (text) {
      route.add(RouteSteps.text(request));
    }
    DenoiserParameters.Builder parameters =
        DenoiserParameters.newBuilder()
            .setSampling(
                overlay(SamplingDefaults.of(model).of("denoiser", own), request.getDenoiser()))
            .setWidth(request.getWidth())
            .setHeight(request.getHeight());
    if (!request.getImage().isEmpty() && picture != Picture.ENLARGES) {
      // What is painted into a picture owes nothing to what was there, unless it is asked to.
      double own = request.getMask().isEmpty() ? strength : 1;
      parameters.setStrength(request.hasStrength() ? request.getStrength() : own);
    }
    if (request.hasNoiseLevel()) {
      parameters.getSamplingBuilder().setNoiseLevel(request.getNoiseLevel());
    }
    route.add(RouteSteps.denoiser(parameters));
    route.add(RouteSteps.upscaler());
    return route;
  }

  private void checkPicture(ModelFolder model, GenerationRequest request) {
    boolean given = !request.getImage().isEmpty();
    boolean needed = picture != Picture.NOT_TAKEN && picture != Picture.STARTS_FROM;
    if (needed && !given) {
      throw RequestException.invalid(
          "image", "Model %s goes from picture to picture; give one.".formatted(model.name()));
    }
    if (picture == Picture.PAINTS_INTO && request.getMask().isEmpty()) {
      throw RequestException.invalid(
          "mask", "Model %s paints into pictures; say where.".formatted(model.name()));
    }
    if (given && picture == Picture.NOT_TAKEN) {
      throw RequestException.invalid(
          "image", "Model %s does not start from a picture; leave it out.".formatted(model.name()));
    }
    if (request.hasStrength() && (!given || picture == Picture.ENLARGES)) {
      throw RequestException.invalid("strength", "A strength needs a picture to start from.");
    }
    if (request.hasNoiseLevel() && picture != Picture.ENLARGES) {
      throw RequestException.invalid(
          "noise_level", "Model %s does not enlarge pictures.".formatted(model.name()));
    }
  }
}
