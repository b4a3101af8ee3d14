package dev.sluice.planning.feature;

import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.sluice.catalog.Ability;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.planning.request.RequestException;
import dev.sluice.planning.route.RouteSteps;
import dev.sluice.planning.sampling.SamplingDefaults;
import dev.sluice.planning.sampling.SettingsOverlay;
import java.util.List;

/** The other kind of prior, which samples an embedding's codes one by one (section 2.2). */
public final class AutoregressivePrior implements Feature {

  private static final SamplingSettings USUAL =
      SamplingSettings.newBuilder().setGuidanceScale(1).build();

  @Override
  public void check(Asked asked) {
    if (!asked.request().getAutoregressivePrior()) {
      return;
    }
    if (!asked.can(Ability.SAMPLED_CODES) || Interpolated.samplesNothing(asked)) {
      throw asked.refused(
          "autoregressive_prior",
          "Model %s samples no picture embedding for this by an autoregressive prior; leave it out.");
    }
    checkSettings(asked.request().getPrior());
  }

  /**
   * Checks settings of such a prior.
   *
   * @throws RequestException if they hold more than a guidance scale
   */
  public static void checkSettings(SamplingSettings settings) {
    for (FieldDescriptor field : settings.getAllFields().keySet()) {
      if (!field.getName().equals("guidance_scale")) {
        throw RequestException.invalid(
            "prior." + field.getName(),
            "An autoregressive prior makes one step for each of its codes and is set by its"
                + " guidance_scale only; leave %s out.".formatted(field.getName()));
      }
    }
  }

  @Override
  public List<RouteStep> apply(Asked asked, List<RouteStep> route) {
    if (!asked.request().getAutoregressivePrior()) {
      return route;
    }
    SamplingSettings own = SamplingDefaults.of(asked.model()).of("autoregressive_prior", USUAL);
    return RouteSteps.mapSampledPriors(
        route,
        prior ->
            prior
                .setAutoregressive(true)
                .setSampling(SettingsOverlay.overlay(own, asked.request().getPrior())));
  }
}
