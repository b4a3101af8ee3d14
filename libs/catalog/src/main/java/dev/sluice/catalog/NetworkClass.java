package dev.sluice.catalog;

import dev.sluice.catalog.file.Nearest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The network classes that can be run, by the names that checkpoints give them. */
public enum NetworkClass {
  AUTOENCODER_KL("AutoencoderKL", ModelStage.UPSCALER),
  AUTOREGRESSIVE_PRIOR("AutoregressivePrior", ModelStage.PRIOR),
  CLIP_TEXT_MODEL("CLIPTextModel", ModelStage.TEXT_ENCODER),
  CLIP_TEXT_MODEL_WITH_PROJECTION("CLIPTextModelWithProjection", ModelStage.TEXT_ENCODER),
  CLIP_VISION_MODEL("CLIPVisionModel", ModelStage.PRIOR),
  CLIP_VISION_MODEL_WITH_PROJECTION("CLIPVisionModelWithProjection", ModelStage.PRIOR),
  CODE_TRANSFORMER("CodeTransformer", ModelStage.DENOISER),
  DIT_TRANSFORMER_2D_MODEL("DiTTransformer2DModel", ModelStage.DENOISER),
  NOISY_CLASSIFIER("NoisyClassifier", ModelStage.DENOISER),
  PRIOR_TRANSFORMER("PriorTransformer", ModelStage.PRIOR),
  SD3_TRANSFORMER_2D_MODEL("SD3Transformer2DModel", ModelStage.DENOISER),
  T5_ENCODER_MODEL("T5EncoderModel", ModelStage.TEXT_ENCODER),
  TRANSFORMER_2D_MODEL("Transformer2DModel", ModelStage.DENOISER),
  UNCLIP_TEXT_PROJ_MODEL("UnCLIPTextProjModel", ModelStage.DENOISER),
  UNET_2D_CONDITION_MODEL("UNet2DConditionModel", ModelStage.DENOISER),
  UNET_2D_MODEL("UNet2DModel", ModelStage.DENOISER),
  VQ_MODEL("VQModel", ModelStage.UPSCALER),
  VQ_VAE_2_MODEL("VQVAE2Model", ModelStage.UPSCALER);

  private final String className;
  private final ModelStage stage;

  NetworkClass(String className, ModelStage stage) {
    this.className = className;
    this.stage = stage;
  }

  /** diffusers' or transformers' name. */
  public String className() {
    return className;
  }

  /** The stage that runs it, unless the component is one of the super-resolution's. */
  ModelStage stage() {
    return stage;
  }

  /** The class of that name; empty if it cannot be run. */
  public static Optional<NetworkClass> find(String className) {
    return Arrays.stream(values()).filter(known -> known.className.equals(className)).findFirst();
  }

  /**
   * The class of that name.
   *
   * @param origin where it was read, for the message
   * @throws IllegalArgumentException if it cannot be run
   */
  public static NetworkClass named(String className, String origin) {
    return find(className)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "%s: no network class %s; known: %s.%s"
                        .formatted(
                            origin,
                            className,
                            String.join(", ", names()),
                            Nearest.hint(className, names()))));
  }

  private static List<String> names() {
    return Arrays.stream(values()).map(NetworkClass::className).sorted().toList();
  }
}
