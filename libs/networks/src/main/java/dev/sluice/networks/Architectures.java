package dev.sluice.networks;

import static java.util.Map.entry;

import dev.sluice.networks.autoencoder.AutoencoderKl;
import dev.sluice.networks.autoencoder.VqModel;
import dev.sluice.networks.config.Config;
import dev.sluice.networks.graph.Architecture;
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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The network classes that can be run, by the names that checkpoints give them. */
public final class Architectures {

  private static final Map<String, Function<Config, Architecture>> BY_CLASS =
      new TreeMap<>(
          Map.ofEntries(
              entry("AutoencoderKL", AutoencoderKl::new),
              entry("AutoregressivePrior", AutoregressivePrior::new),
              entry("CLIPTextModel", ClipTextModel::unprojected),
              entry("CLIPTextModelWithProjection", ClipTextModel::projected),
              entry("CLIPVisionModel", ClipVisionModel::unprojected),
              entry("CLIPVisionModelWithProjection", ClipVisionModel::projected),
              entry("DiTTransformer2DModel", DiTTransformer2DModel::new),
              entry("NoisyClassifier", NoisyClassifier::new),
              entry("PriorTransformer", PriorTransformer::new),
              entry("SD3Transformer2DModel", SD3Transformer2DModel::new),
              entry("T5EncoderModel", T5EncoderModel::new),
              entry("Transformer2DModel", DiTTransformer2DModel::ofTransformer2D),
              entry("UnCLIPTextProjModel", UnClipTextProjModel::new),
              entry("UNet2DConditionModel", UNet2DConditionModel::new),
              entry("UNet2DModel", UNet2DModel::new),
              entry("VQModel", VqModel::new)));

  private Architectures() {}

  /**
   * The network of class {@code className} that {@code config} describes.
   *
   * @throws IllegalArgumentException when there is no such class, or the config is not one of its
   */
  public static Architecture of(String className, Config config) {
    Function<Config, Architecture> constructor = BY_CLASS.get(className);
    if (constructor == null) {
      throw new IllegalArgumentException(
          "%s: no network class %s; known: %s"
              .formatted(config.origin(), className, String.join(", ", BY_CLASS.keySet())));
    }
    return constructor.apply(config);
  }

  /** The network that {@code config} describes, by the class it names itself. */
  public static Architecture of(Config config) {
    return of(className(config), config);
  }

  /**
   * The class a config names: diffusers' {@code _class_name}, or the first of {@code
   * architectures}.
   */
  public static String className(Config config) {
    if (config.has("_class_name")) {
      return config.string("_class_name");
    }
    List<String> names = config.strings("architectures", List.of());
    if (names.isEmpty()) {
      throw new IllegalArgumentException(
          config.origin() + ": names no class, neither in _class_name nor in architectures");
    }
    return names.get(0);
  }

  /** Whether there is such a class. */
  public static boolean isKnown(String className) {
    return BY_CLASS.containsKey(className);
  }
}
