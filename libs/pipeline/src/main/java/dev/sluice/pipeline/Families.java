package dev.sluice.pipeline;

import dev.sluice.catalog.DenoiserKind;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.code.CodeEngine;
import dev.sluice.pipeline.denoise.DeepFloyd;
import dev.sluice.pipeline.denoise.DeepFloydUpscaler;
import dev.sluice.pipeline.denoise.DenoiserEngine;
import dev.sluice.pipeline.denoise.DenoiserFamily;
import dev.sluice.pipeline.denoise.DiffusionEngine;
import dev.sluice.pipeline.denoise.DiffusionTransformer;
import dev.sluice.pipeline.denoise.KandinskyDecoder;
import dev.sluice.pipeline.denoise.StableDiffusion;
import dev.sluice.pipeline.denoise.StableDiffusion3;
import dev.sluice.pipeline.denoise.StableDiffusionUpscaler;
import dev.sluice.pipeline.denoise.StableDiffusionXl;
import dev.sluice.pipeline.denoise.UnClipDecoder;
import dev.sluice.pipeline.denoise.Unconditional;
import dev.sluice.pipeline.text.ProjectedClipText;
import dev.sluice.pipeline.text.Sd3Text;
import dev.sluice.pipeline.text.SdText;
import dev.sluice.pipeline.text.SdxlText;
import dev.sluice.pipeline.text.T5Text;
import dev.sluice.pipeline.text.TextEncoder;
import dev.sluice.pipeline.upscale.FinishedPicture;
import dev.sluice.pipeline.upscale.LatentDecoder;
import dev.sluice.pipeline.upscale.SuperResolutionCascade;
import dev.sluice.pipeline.upscale.UpscalerEngine;

/** Which code serves which kind of model: the one place that knows all families. */
public final class Families {

  private Families() {}

  /**
   * Loads the text encoders of a model.
   *
   * @throws IllegalArgumentException if the model has none
   */
  public static TextEncoder textEncoder(ModelFolder model, BatchLimit limit) {
    return model.load(
        folder ->
            switch (folder.pipeline().text()) {
              case NONE ->
                  throw new IllegalArgumentException(
                      folder.pipeline().className() + " takes no text");
              case CLIP -> new SdText(folder, limit);
              case CLIP_PROJECTED -> ProjectedClipText.load(folder, limit);
              case SDXL -> new SdxlText(folder, limit);
              case SD3 -> new Sd3Text(folder, limit);
              case T5 -> new T5Text(folder, limit);
            });
  }

  /** Loads what makes the samples of a model, with all that conditions it. */
  public static DenoiserEngine denoiser(ModelFolder model, BatchLimit limit) {
    return model.pipeline().denoiser() == DenoiserKind.CODES
        ? CodeEngine.load(model, limit)
        : DiffusionEngine.load(model, folder -> family(folder, limit), limit);
  }

  public static DenoiserFamily family(ModelFolder model, BatchLimit limit) {
    return switch (model.pipeline().denoiser()) {
      case NONE, CODES ->
          throw new IllegalArgumentException(
              model.pipeline().className() + " has nothing to denoise");
      case UNCLIP_DECODER -> new UnClipDecoder(model, limit);
      case STABLE_DIFFUSION -> new StableDiffusion(model, limit);
      case STABLE_DIFFUSION_XL -> new StableDiffusionXl(model, limit);
      case STABLE_DIFFUSION_3 -> new StableDiffusion3(model);
      case LATENT_UPSCALER -> new StableDiffusionUpscaler(model);
      case UNCONDITIONAL -> new Unconditional(model);
      case DIT -> new DiffusionTransformer(model);
      case DEEPFLOYD -> new DeepFloyd(model);
      case DEEPFLOYD_UPSCALER -> new DeepFloydUpscaler(model);
      case KANDINSKY_DECODER -> new KandinskyDecoder(model);
    };
  }

  /** Loads what makes the pictures of a model. */
  public static UpscalerEngine upscaler(ModelFolder model, BatchLimit limit) {
    return model.load(
        folder ->
            switch (folder.pipeline().finish()) {
              case SUPER_RESOLUTION -> SuperResolutionCascade.load(folder, limit);
              case AUTOENCODER -> new LatentDecoder(folder, limit);
              case NONE -> new FinishedPicture();
            });
  }
}
