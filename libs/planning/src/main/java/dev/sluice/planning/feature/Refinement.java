package dev.sluice.planning.feature;

import dev.sluice.catalog.Config;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.contract.v1.DenoiserParameters;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.planning.family.DenoisingPlanner;
import dev.sluice.planning.family.Planners;
import dev.sluice.planning.request.RequestException;
import dev.sluice.planning.request.SizeLimits;
import dev.sluice.planning.sampling.SamplingDefaults;
import dev.sluice.planning.sampling.SettingsOverlay;
import java.util.ArrayList;
import java.util.List;

/**
 * A picture that one model begins and another finishes (Podell et al. 2023, "SDXL", section 2.5).
 *
 * @param model the one that finishes it
 * @param sampling its own, when the request says nothing
 * @param start the share of the noise schedule at which it takes over
 */
public record Refinement(ModelFolder model, SamplingSettings sampling, double start) {

  /** SDXL's: the refiner was trained for the last fifth of the schedule. */
  private static final double USUAL_START = 0.8;

  /**
   * The second part of a request.
   *
   * @param first the model that begins
   * @param second the model that {@code refiner_model} names
   * @throws RequestException if the second cannot go on where the first leaves off
   */
  public static Refinement of(ModelFolder first, ModelFolder second, GenerationRequest request) {
    DenoisingPlanner begins = planner(first);
    DenoisingPlanner finishes = planner(second);
    for (String key : List.of("latent_channels", "scaling_factor")) {
      Config here = first.config(begins.autoencoder());
      Config there = second.config(finishes.autoencoder());
      if (!here.agreesWith(there, key)) {
        throw RequestException.invalid(
            "refiner_model",
            "Models %s and %s have different latents (%s %s and %s); choose two of one family."
                .formatted(first.name(), second.name(), key, here.json(key), there.json(key)));
      }
    }
    return new Refinement(
        second,
        SamplingDefaults.of(second).of("denoiser", finishes.own()),
        request.hasRefinerStart() ? request.getRefinerStart() : USUAL_START);
  }

  /** The sizes that the second model can take over. */
  public SizeLimits limits() {
    return planner(model).limits(model);
  }

  private static DenoisingPlanner planner(ModelFolder model) {
    return Planners.of(model)
        .filter(planner -> planner instanceof DenoisingPlanner)
        .map(DenoisingPlanner.class::cast)
        .filter(DenoisingPlanner::handsOver)
        .orElseThrow(
            () ->
                RequestException.invalid(
                    "refiner_model",
                    "Model %s is a %s, which neither hands pictures over nor takes them; use Stable "
                            .formatted(model.name(), model.pipeline().className())
                        + "Diffusion or SDXL, or leave the refiner out."));
  }

  /**
   * The way by both models.
   *
   * @param route by the first alone
   */
  public List<RouteStep> extend(List<RouteStep> route, GenerationRequest request) {
    List<RouteStep> both = new ArrayList<>();
    RouteStep text = null;
    for (RouteStep step : route) {
      switch (step.getStage()) {
        case TEXT_ENCODER -> {
          text = step;
          both.add(step);
        }
        case DENOISER -> {
          RouteStep.Builder begun = step.toBuilder();
          begun.getDenoiserBuilder().setEnd(start);
          both.add(begun.build());
          if (text != null) {
            both.add(text.toBuilder().setModel(model.name()).build());
          }
          both.add(finishing(step, request));
        }
        default -> both.add(step.toBuilder().setModel(model.name()).build());
      }
    }
    return both;
  }

  private RouteStep finishing(RouteStep step, GenerationRequest request) {
    DenoiserParameters first = step.getDenoiser();
    SamplingSettings own = sampling.toBuilder().setSteps(first.getSampling().getSteps()).build();
    return step.toBuilder()
        .setModel(model.name())
        .setDenoiser(
            DenoiserParameters.newBuilder()
                .setSampling(SettingsOverlay.overlay(own, request.getRefiner()))
                .setWidth(first.getWidth())
                .setHeight(first.getHeight())
                .setStart(start))
        .build();
  }
}
