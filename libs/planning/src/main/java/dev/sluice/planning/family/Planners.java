package dev.sluice.planning.family;

import static dev.sluice.planning.sampling.SettingsOverlay.own;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.planning.family.DenoisingPlanner.Picture;
import java.util.Optional;

/** What requests can ask of each kind of pipeline. */
public final class Planners {

  /** diffusers' of DeepFloyd IF, which is its only pixel model that starts from pictures. */
  private static final double PIXEL_STRENGTH = 0.7;

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

  /** Steps and guidance are diffusers' defaults. Empty for a class that makes no pictures. */
  public static Optional<PipelinePlanner> of(ModelFolder model) {
    return Optional.ofNullable(
        switch (model.pipeline()) {
          case UNCLIP -> new UnclipPlanner(false);
          case UNCLIP_IMAGE_VARIATION -> new UnclipPlanner(true);
          case KANDINSKY_PRIOR -> null;
          case KANDINSKY_DECODER -> new KandinskyPlanner();
          case STABLE_DIFFUSION -> latent(Picture.STARTS_FROM, 0.8, 50, 7.5);
          case STABLE_DIFFUSION_IMAGE -> latent(Picture.NEEDS, 0.8, 50, 7.5);
          case STABLE_DIFFUSION_INPAINT -> latent(Picture.PAINTS_INTO, 1, 50, 7.5);
          case STABLE_DIFFUSION_XL_INPAINT -> latent(Picture.PAINTS_INTO, 1, 50, 7.5);
          case LATENT_CONSISTENCY -> latent(Picture.NOT_TAKEN, 0.8, 4, 8.5);
          case STABLE_DIFFUSION_UPSCALE -> latent(Picture.ENLARGES, 0.8, 75, 9);
          case STABLE_DIFFUSION_XL -> latent(Picture.STARTS_FROM, 0.8, 50, 5);
          case STABLE_DIFFUSION_XL_IMAGE -> latent(Picture.NEEDS, 0.3, 50, 5);
          case STABLE_DIFFUSION_3 ->
              new DenoisingPlanner(
                  "transformer", "vae", true, false, Picture.NOT_TAKEN, 1, own(28, 7));
          case DDPM -> pixels(false, true, Picture.STARTS_FROM, 1000, 1);
          case DDIM -> pixels(false, true, Picture.STARTS_FROM, 50, 1);
          case DIT ->
              new DenoisingPlanner(
                  "transformer", "vae", false, true, Picture.NOT_TAKEN, 1, own(50, 4));
          case DEEPFLOYD -> pixels(true, false, Picture.STARTS_FROM, 100, 7);
          case DEEPFLOYD_UPSCALE -> pixels(true, false, Picture.ENLARGES, 50, 4);
        });
  }
}
