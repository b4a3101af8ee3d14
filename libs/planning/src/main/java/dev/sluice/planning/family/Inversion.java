package dev.sluice.planning.family;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Interpolation;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.planning.request.RequestException;

/**
 * Pictures that begin with the noise of another one, as DDIM inversion finds it. Making the picture
 * and finding the noise go over the same timesteps; the lowest is well above the clean picture,
 * where little noise tells a network little.
 */
public final class Inversion {

  private static final String SAMPLER = "DDIMScheduler";
  private static final String SPACING = "trailing";

  private Inversion() {}

  static boolean isWanted(GenerationRequest request) {
    return request.getKeepStructure() || request.getInterpolation().hasChange();
  }

  /**
   * Checks that there is something to invert where a request wants that.
   *
   * @throws RequestException if not
   */
  public static void check(ModelFolder model, PipelinePlanner planner, GenerationRequest request) {
    if (!isWanted(request)) {
      return;
    }
    String field =
        request.getInterpolation().hasChange() ? "interpolation.change" : "keep_structure";
    if (!planner.inverts()) {
      throw RequestException.invalid(
          field, "Model %s cannot invert pictures; an unCLIP can.".formatted(model.name()));
    }
    Interpolation way = request.getInterpolation();
    boolean fromPicture = !request.getImage().isEmpty();
    boolean toPicture = !Interpolations.isBetweenEmbeddings(request) || !way.hasPrompt();
    if (!fromPicture || !toPicture) {
      throw RequestException.invalid(
          field,
          "There is no picture to keep the structure of at both ends; give an image, and an end that is no prompt.");
    }
    if (way.hasSeed()) {
      throw RequestException.invalid(
          "interpolation.seed",
          "The noise is that of the pictures given; leave the seed of the other end out.");
    }
  }

  /** How the noise is found. */
  public static SamplingSettings finding(SamplingSettings making) {
    return SamplingSettings.newBuilder()
        .setSteps(making.getSteps())
        .setGuidanceScale(1)
        .setTimestepSpacing(making.getTimestepSpacing())
        .build();
  }

  /**
   * How pictures are made that shall follow the noise they begin with, as far as the request does
   * not say: a sampler that adds noise at every step forgets the first, and without such noise
   * nothing corrects what guidance exaggerates.
   */
  static SamplingSettings making(SamplingSettings usual, SamplingSettings asked) {
    SamplingSettings.Builder making = usual.toBuilder();
    if (!asked.hasSampler()) {
      making.setSampler(SAMPLER);
    }
    if (!asked.hasTimestepSpacing()) {
      making.setTimestepSpacing(SPACING);
    }
    if (!asked.hasGuidanceScale()) {
      making.setGuidanceScale(1);
    }
    return making.build();
  }
}
