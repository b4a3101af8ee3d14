package dev.sluice.planning.feature;

import dev.sluice.catalog.Ability;
import dev.sluice.contract.v1.DenoiserParameters;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Interpolation;
import dev.sluice.contract.v1.PriorParameters;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.planning.route.RouteSteps;
import java.util.ArrayList;
import java.util.List;

/**
 * Pictures that begin with the noise of another one, as DDIM inversion finds it. Making the picture
 * and finding the noise go over the same timesteps; the lowest is well above the clean picture,
 * where little noise tells a network little.
 */
public final class Inversion implements Feature {

  private static final String SAMPLER = "DDIMScheduler";
  private static final String SPACING = "trailing";
  private static final String END_NOISE = "end_noise";

  private static boolean isWanted(GenerationRequest request) {
    return request.getKeepStructure() || request.getInterpolation().hasChange();
  }

  @Override
  public void check(Asked asked) {
    GenerationRequest request = asked.request();
    if (!isWanted(request)) {
      return;
    }
    String field =
        request.getInterpolation().hasChange() ? "interpolation.change" : "keep_structure";
    if (!asked.can(Ability.INVERSION)) {
      throw asked.refused(field, "Model %s cannot invert pictures; an unCLIP can.");
    }
    Interpolation way = request.getInterpolation();
    boolean toPicture = !Interpolated.isBetweenEmbeddings(request) || !way.hasPrompt();
    if (!asked.hasImage() || !toPicture) {
      throw asked.refused(
          field,
          "There is no picture to keep the structure of at both ends; give an image, and an end that is no prompt.");
    }
    if (way.hasSeed()) {
      throw asked.refused(
          "interpolation.seed",
          "The noise is that of the pictures given; leave the seed of the other end out.");
    }
  }

  @Override
  public List<RouteStep> apply(Asked asked, List<RouteStep> route) {
    GenerationRequest request = asked.request();
    boolean inverts = isWanted(request);
    if (!inverts && !request.getInterpolation().hasSeed() || !asked.can(Ability.INVERSION)) {
      return route;
    }
    List<RouteStep> following =
        RouteSteps.mapDenoisers(
            route,
            denoiser ->
                denoiser.setSampling(making(denoiser.getSampling(), request.getDenoiser())));
    return inverts ? inverted(request, following) : following;
  }

  /**
   * Each picture is inverted as soon as it is embedded, the one that is gone to before all else.
   */
  private static List<RouteStep> inverted(GenerationRequest request, List<RouteStep> route) {
    Interpolation way = request.getInterpolation();
    DenoiserParameters.Builder inversion =
        DenoiserParameters.newBuilder().setSampling(finding(sampling(route))).setInvert(true);
    List<RouteStep> steps = new ArrayList<>();
    if (Interpolated.isBetweenEmbeddings(request)) {
      steps.add(RouteSteps.text("", request.getNegativePrompt()));
      if (way.hasImage()) {
        String image = Interpolated.END_IMAGE;
        steps.add(
            RouteSteps.prior(PriorParameters.newBuilder().setFromImage(true).setImage(image)));
        steps.add(RouteSteps.denoiser(inversion.clone().setImage(image).setNoise(END_NOISE)));
      }
    }
    for (RouteStep step : route) {
      RouteStep.Builder changed = step.toBuilder();
      if (step.hasDenoiser() && way.hasImage()) {
        changed.getDenoiserBuilder().setNoiseBlend(way.getPosition());
      }
      steps.add(changed.build());
      if (step.getPrior().getFromImage() && !step.getPrior().hasBlend()) {
        steps.add(RouteSteps.denoiser(inversion));
      }
    }
    return steps;
  }

  private static SamplingSettings sampling(List<RouteStep> route) {
    return route.stream()
        .filter(RouteStep::hasDenoiser)
        .findFirst()
        .orElseThrow()
        .getDenoiser()
        .getSampling();
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
  private static SamplingSettings making(SamplingSettings usual, SamplingSettings asked) {
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
