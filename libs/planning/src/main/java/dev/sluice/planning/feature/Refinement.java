package dev.sluice.planning.feature;

import dev.sluice.catalog.Ability;
import dev.sluice.catalog.Config;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.contract.v1.DenoiserParameters;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.planning.request.RequestException;
import dev.sluice.planning.route.PlainRoute;
import dev.sluice.planning.route.Sizes;
import dev.sluice.planning.sampling.SettingsOverlay;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A picture that one model begins and another finishes (Podell et al. 2023, "SDXL", 2.5). */
final class Refinement implements Feature {

  /** SDXL's: the refiner was trained for the last fifth of the schedule. */
  private static final double USUAL_START = 0.8;

  private static boolean isWanted(Asked asked) {
    return !asked.request().getRefinerModel().isEmpty();
  }

  private static ModelFolder refiner(Asked asked) {
    return asked.models().named(asked.request().getRefinerModel());
  }

  @Override
  public void check(Asked asked) {
    GenerationRequest request = asked.request();
    if (isWanted(asked)) {
      ModelFolder second = refiner(asked);
      requireHandover(asked.model());
      requireHandover(second);
      requireSameLatents(asked.model(), second);
      Sizes.limits(second).check(second.name(), request);
    } else if (request.hasRefinerStart() || request.hasRefiner()) {
      throw asked.refused(
          "refiner_model", "There are settings of a refiner; say which model that is.");
    }
  }

  private static void requireHandover(ModelFolder model) {
    if (!model.abilities().contains(Ability.HANDOVER)) {
      throw RequestException.invalid(
          "refiner_model",
          "Model %s is a %s, which neither hands pictures over nor takes them; use Stable "
                  .formatted(model.name(), model.pipeline().className())
              + "Diffusion or SDXL, or leave the refiner out.");
    }
  }

  private static void requireSameLatents(ModelFolder first, ModelFolder second) {
    for (String key : List.of("latent_channels", "scaling_factor")) {
      Config here = first.config(first.pipeline().autoencoder());
      Config there = second.config(second.pipeline().autoencoder());
      if (!here.agreesWith(there, key)) {
        throw RequestException.invalid(
            "refiner_model",
            "Models %s and %s have different latents (%s %s and %s); choose two of one family."
                .formatted(first.name(), second.name(), key, here.json(key), there.json(key)));
      }
    }
  }

  @Override
  public Map<String, ModelFolder> helpers(Asked asked) {
    return isWanted(asked) ? Map.of("refiner", refiner(asked)) : Map.of();
  }

  @Override
  public List<RouteStep> apply(Asked asked, List<RouteStep> route) {
    if (!isWanted(asked)) {
      return route;
    }
    GenerationRequest request = asked.request();
    ModelFolder refiner = refiner(asked);
    double start = request.hasRefinerStart() ? request.getRefinerStart() : USUAL_START;
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
            both.add(text.toBuilder().setModel(refiner.name()).build());
          }
          both.add(finishing(step, start, refiner, request));
        }
        default -> both.add(step.toBuilder().setModel(refiner.name()).build());
      }
    }
    return both;
  }

  private static RouteStep finishing(
      RouteStep step, double start, ModelFolder refiner, GenerationRequest request) {
    DenoiserParameters first = step.getDenoiser();
    SamplingSettings own =
        PlainRoute.denoising(refiner).toBuilder().setSteps(first.getSampling().getSteps()).build();
    return step.toBuilder()
        .setModel(refiner.name())
        .setDenoiser(
            DenoiserParameters.newBuilder()
                .setSampling(SettingsOverlay.overlay(own, request.getRefiner()))
                .setWidth(first.getWidth())
                .setHeight(first.getHeight())
                .setStart(start))
        .build();
  }
}
