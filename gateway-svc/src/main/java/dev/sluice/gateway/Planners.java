package dev.sluice.gateway;

import static dev.sluice.gateway.SettingsOverlay.own;
import static java.util.Map.entry;

import dev.sluice.gateway.DenoisingPlanner.Picture;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The kinds of models that are served, by {@code _class_name} of {@code model_index.json}. */
final class Planners {

  /** diffusers' of DeepFloyd IF, which is its only pixel model that starts from pictures. */
  private static final double PIXEL_STRENGTH = 0.7;

  /** A further kind of model is one entry. Steps and guidance are diffusers' defaults. */
  private static final Map<String, PipelinePlanner> BY_CLASS =
      new TreeMap<>(
          Map.ofEntries(
              entry("UnCLIPPipeline", new UnclipPlanner(false)),
              entry("UnCLIPImageVariationPipeline", new UnclipPlanner(true)),
              entry("KandinskyV22Pipeline", new KandinskyPlanner()),
              entry("StableDiffusionPipeline", latent(Picture.STARTS_FROM, 0.8, 50, 7.5)),
              entry("StableDiffusionImg2ImgPipeline", latent(Picture.NEEDS, 0.8, 50, 7.5)),
              entry("StableDiffusionInpaintPipeline", latent(Picture.PAINTS_INTO, 1, 50, 7.5)),
              entry("StableDiffusionXLInpaintPipeline", latent(Picture.PAINTS_INTO, 1, 50, 7.5)),
              entry("LatentConsistencyModelPipeline", latent(Picture.NOT_TAKEN, 0.8, 4, 8.5)),
              entry("StableDiffusionUpscalePipeline", latent(Picture.ENLARGES, 0.8, 75, 9)),
              entry("StableDiffusionXLPipeline", latent(Picture.STARTS_FROM, 0.8, 50, 5)),
              entry("StableDiffusionXLImg2ImgPipeline", latent(Picture.NEEDS, 0.3, 50, 5)),
              entry(
                  "StableDiffusion3Pipeline",
                  new DenoisingPlanner(
                      "transformer", "vae", true, false, Picture.NOT_TAKEN, 1, own(28, 7))),
              entry("DDPMPipeline", pixels(false, true, Picture.STARTS_FROM, 1000, 1)),
              entry("DDIMPipeline", pixels(false, true, Picture.STARTS_FROM, 50, 1)),
              entry(
                  "DiTPipeline",
                  new DenoisingPlanner(
                      "transformer", "vae", false, true, Picture.NOT_TAKEN, 1, own(50, 4))),
              entry("IFPipeline", pixels(true, false, Picture.STARTS_FROM, 100, 7)),
              entry("IFSuperResolutionPipeline", pixels(true, false, Picture.ENLARGES, 50, 4))));

  private Planners() {}

  private static PipelinePlanner latent(
      Picture picture, double strength, int steps, double guidanceScale) {
    return new DenoisingPlanner(
        "unet", "vae", true, false, picture, strength, own(steps, guidanceScale));
  }

  private static PipelinePlanner pixels(
      boolean text, boolean classes, Picture picture, int steps, double guidanceScale) {
    return new DenoisingPlanner(
        "unet", null, text, classes, picture, PIXEL_STRENGTH, own(steps, guidanceScale));
  }

  static Optional<PipelinePlanner> of(ModelFolder model) {
    return Optional.ofNullable(BY_CLASS.get(model.pipelineClass()));
  }

  /** The classes, for messages. */
  static String names() {
    return String.join(", ", BY_CLASS.keySet());
  }
}
