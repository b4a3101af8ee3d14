package dev.sluice.catalog;

import java.util.OptionalInt;

/**
 * Noise on pictures that a network enlarges, of a level that it is told (conditioning augmentation:
 * Ho et al. 2022, "Cascaded Diffusion Models", section 4.2).
 */
public final class ConditioningNoise {

  private static final String MOST = "max_noise_level";

  private ConditioningNoise() {}

  /**
   * The highest level that a network of a model can be told; diffusers' own where neither the
   * model's index nor its schedule says.
   *
   * @param network the component that enlarges
   * @return empty for one that takes pictures without noise
   */
  public static OptionalInt highest(ModelFolder model, String network) {
    return switch (model.pipeline().denoiser()) {
      case LATENT_UPSCALER -> OptionalInt.of(model.setting(MOST, 350));
      case DEEPFLOYD_UPSCALER -> OptionalInt.of(999);
      default ->
          isTold(model.config(network))
              ? OptionalInt.of(model.setting(MOST, model.trainTimesteps("super_res_scheduler") - 1))
              : OptionalInt.empty();
    };
  }

  /** By class label. */
  private static boolean isTold(Config config) {
    return config.has("class_embed_type") || config.has("num_class_embeds");
  }
}
