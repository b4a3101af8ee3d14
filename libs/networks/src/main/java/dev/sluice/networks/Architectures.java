package dev.sluice.networks;

import dev.sluice.catalog.Config;
import dev.sluice.catalog.NetworkClass;
import dev.sluice.networks.autoencoder.AutoencoderKl;
import dev.sluice.networks.autoencoder.VqModel;
import dev.sluice.networks.autoencoder.VqVae2Model;
import dev.sluice.networks.code.CodeTransformer;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.transformer.AutoregressivePrior;
import dev.sluice.networks.transformer.ClipTextModel;
import dev.sluice.networks.transformer.ClipVisionModel;
import dev.sluice.networks.transformer.DiTTransformer2DModel;
import dev.sluice.networks.transformer.PriorTransformer;
import dev.sluice.networks.transformer.SD3Transformer2DModel;
import dev.sluice.networks.transformer.T5EncoderModel;
import dev.sluice.networks.transformer.UnClipTextProjModel;
import dev.sluice.networks.unet.NoisyClassifier;
import dev.sluice.networks.unet.UNet2DConditionModel;
import dev.sluice.networks.unet.UNet2DModel;
import dev.sluice.safetensors.TensorSource;

/** Makes networks' architectures of their configs. */
public final class Architectures {

  private Architectures() {}

  /**
   * The network of class {@code className} that {@code config} describes.
   *
   * @throws IllegalArgumentException when there is no such class, or the config is not one of its
   */
  public static Architecture of(String className, Config config) {
    return of(NetworkClass.named(className, config.origin()), config);
  }

  private static Architecture of(NetworkClass network, Config config) {
    return switch (network) {
      case AUTOENCODER_KL -> new AutoencoderKl(config);
      case AUTOREGRESSIVE_PRIOR -> new AutoregressivePrior(config);
      case CLIP_TEXT_MODEL -> ClipTextModel.unprojected(config);
      case CLIP_TEXT_MODEL_WITH_PROJECTION -> ClipTextModel.projected(config);
      case CLIP_VISION_MODEL -> ClipVisionModel.unprojected(config);
      case CLIP_VISION_MODEL_WITH_PROJECTION -> ClipVisionModel.projected(config);
      case CODE_TRANSFORMER -> new CodeTransformer(config);
      case DIT_TRANSFORMER_2D_MODEL -> new DiTTransformer2DModel(config);
      case NOISY_CLASSIFIER -> new NoisyClassifier(config);
      case PRIOR_TRANSFORMER -> new PriorTransformer(config);
      case SD3_TRANSFORMER_2D_MODEL -> new SD3Transformer2DModel(config);
      case T5_ENCODER_MODEL -> new T5EncoderModel(config);
      case TRANSFORMER_2D_MODEL -> DiTTransformer2DModel.ofTransformer2D(config);
      case UNCLIP_TEXT_PROJ_MODEL -> new UnClipTextProjModel(config);
      case UNET_2D_CONDITION_MODEL -> new UNet2DConditionModel(config);
      case UNET_2D_MODEL -> new UNet2DModel(config);
      case VQ_MODEL -> new VqModel(config);
      case VQ_VAE_2_MODEL -> new VqVae2Model(config);
    };
  }

  /** The network that {@code config} describes, by the class it names itself. */
  public static Architecture of(Config config) {
    return of(config.networkClass(), config);
  }

  /**
   * Whether a network can be made of a config and weights, as far as can be told without reading
   * them: what {@link dev.sluice.catalog.ComponentCheck} asks.
   *
   * @throws IllegalArgumentException if not, saying why
   */
  public static void check(String className, Config config, TensorSource weights) {
    Network.check(of(className, config), weights);
  }
}
