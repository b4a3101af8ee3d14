package dev.sluice.bench.published;

import static dev.sluice.bench.published.ImagenUnets.karloSuperResolution;
import static java.util.Map.entry;

import dev.sluice.bench.published.Component.ClipTokenizer;
import dev.sluice.bench.published.Component.ImageProcessor;
import dev.sluice.bench.published.Component.T5Tokenizer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Checkpoints as they were published: which components, in which sizes. */
enum PublishedModel {
  SD15(
      "sd15",
      pipeline(
          "StableDiffusionPipeline",
          Keys.of(),
          entry("scheduler", Schedulers.stableDiffusion15()),
          entry("text_encoder", TextNetworks.clipL()),
          entry("tokenizer", new ClipTokenizer(ClipTokenizer.END)),
          entry("unet", LatentUnets.stableDiffusion15()),
          entry("vae", Autoencoders.stableDiffusion(512, 0.18215)))),
  SD21(
      "sd21",
      pipeline(
          "StableDiffusionPipeline",
          Keys.of(),
          entry("scheduler", Schedulers.stableDiffusion21()),
          entry("text_encoder", TextNetworks.clipH()),
          entry("tokenizer", new ClipTokenizer(ClipTokenizer.FIRST)),
          entry("unet", LatentUnets.stableDiffusion21()),
          entry("vae", Autoencoders.stableDiffusion(768, 0.18215)))),
  SDXL(
      "sdxl",
      pipeline(
          "StableDiffusionXLPipeline",
          Keys.of("force_zeros_for_empty_prompt", true),
          entry("scheduler", Schedulers.stableDiffusionXl()),
          entry("text_encoder", TextNetworks.clipL()),
          entry("text_encoder_2", TextNetworks.clipBigG()),
          entry("tokenizer", new ClipTokenizer(ClipTokenizer.END)),
          entry("tokenizer_2", new ClipTokenizer(ClipTokenizer.FIRST)),
          entry("unet", LatentUnets.stableDiffusionXl(128)),
          entry("vae", Autoencoders.stableDiffusion(1024, 0.13025)))),
  SDXL_REFINER(
      "sdxl-refiner",
      pipeline(
          "StableDiffusionXLImg2ImgPipeline",
          Keys.of(
              "force_zeros_for_empty_prompt",
              false,
              "requires_aesthetics_score",
              true,
              "text_encoder",
              Arrays.asList(null, null),
              "tokenizer",
              Arrays.asList(null, null)),
          entry("scheduler", Schedulers.stableDiffusionXl()),
          entry("text_encoder_2", TextNetworks.clipBigG()),
          entry("tokenizer_2", new ClipTokenizer(ClipTokenizer.FIRST)),
          entry("unet", LatentUnets.stableDiffusionXlRefiner()),
          entry("vae", Autoencoders.stableDiffusion(1024, 0.13025)))),
  SDXL_TURBO(
      "sdxl-turbo",
      pipeline(
          "StableDiffusionXLPipeline",
          Keys.of("force_zeros_for_empty_prompt", true),
          entry("scheduler", Schedulers.turbo()),
          entry("text_encoder", TextNetworks.clipL()),
          entry("text_encoder_2", TextNetworks.clipBigG()),
          entry("tokenizer", new ClipTokenizer(ClipTokenizer.END)),
          entry("tokenizer_2", new ClipTokenizer(ClipTokenizer.FIRST)),
          entry("unet", LatentUnets.stableDiffusionXl(64)),
          entry("vae", Autoencoders.stableDiffusion(1024, 0.13025)))),
  SD3_MEDIUM("sd3-medium", stableDiffusion3(true)),
  SD3_MEDIUM_NO_T5("sd3-medium-no-t5", stableDiffusion3(false)),
  KARLO(
      "karlo",
      pipeline(
          "UnCLIPPipeline",
          Keys.of(),
          entry("decoder", ImagenUnets.karloDecoder()),
          entry("decoder_scheduler", Schedulers.unclip("epsilon", "learned_range", 1)),
          entry("prior", Transformers.prior(768)),
          entry("prior_scheduler", Schedulers.unclip("sample", "fixed_small_log", 5)),
          entry("super_res_first", karloSuperResolution()),
          entry("super_res_last", karloSuperResolution()),
          entry("super_res_scheduler", Schedulers.unclip("epsilon", "fixed_small_log", 1)),
          entry("text_encoder", TextNetworks.clipLProjected()),
          entry("text_proj", Transformers.karloTextProjection()),
          entry("tokenizer", new ClipTokenizer(ClipTokenizer.END)))),
  KANDINSKY22(
      "kandinsky22",
      pipeline(
          "KandinskyV22Pipeline",
          Keys.of(),
          entry("movq", Autoencoders.movq()),
          entry("scheduler", Schedulers.kandinsky22()),
          entry("unet", ImagenUnets.kandinsky22())),
      pipeline(
          "KandinskyV22PriorPipeline",
          Keys.of(),
          entry("image_encoder", TextNetworks.clipBigGVision()),
          entry("image_processor", new ImageProcessor(224)),
          entry("prior", Transformers.prior(1280)),
          entry("scheduler", Schedulers.unclip("sample", "fixed_small_log", 10)),
          entry("text_encoder", TextNetworks.clipBigG()),
          entry("tokenizer", new ClipTokenizer(ClipTokenizer.FIRST)))),
  DEEPFLOYD(
      "deepfloyd-if",
      pipeline(
          "IFPipeline",
          Keys.of(),
          entry("scheduler", Schedulers.deepFloyd(1.5)),
          entry("text_encoder", TextNetworks.t5Xxl()),
          entry("tokenizer", new T5Tokenizer(77)),
          entry("unet", ImagenUnets.deepFloydXl()))),
  DEEPFLOYD_2(
      "deepfloyd-if-2",
      pipeline(
          "IFSuperResolutionPipeline",
          Keys.of(),
          entry("image_noising_scheduler", Schedulers.deepFloydNoise()),
          entry("scheduler", Schedulers.deepFloyd(1)),
          entry("text_encoder", TextNetworks.t5Xxl()),
          entry("tokenizer", new T5Tokenizer(77)),
          entry("unet", ImagenUnets.deepFloydSuperResolution()))),
  DIT_XL(
      "dit-xl",
      pipeline(
          "DiTPipeline",
          Keys.of(),
          entry("scheduler", Schedulers.dit()),
          entry("transformer", Transformers.ditXl()),
          entry("vae", Autoencoders.stableDiffusion(256, 0.18215)))),
  X4_UPSCALER(
      "x4-upscaler",
      pipeline(
          "StableDiffusionUpscalePipeline",
          Keys.of("max_noise_level", 350),
          entry("low_res_scheduler", Schedulers.upscalerNoise()),
          entry("scheduler", Schedulers.upscaler()),
          entry("text_encoder", TextNetworks.clipH()),
          entry("tokenizer", new ClipTokenizer(ClipTokenizer.FIRST)),
          entry("unet", LatentUnets.upscaler()),
          entry("vae", Autoencoders.upscaler())));

  private final String label;
  private final Pipeline pipeline;
  private final Pipeline priorBeside;

  /**
   * A folder in diffusers' layout.
   *
   * @param settings keys of {@code model_index.json} beside the class and the components
   * @param components by the names of their folders
   */
  record Pipeline(
      String className, Map<String, Object> settings, Map<String, Component> components) {}

  PublishedModel(String label, Pipeline pipeline) {
    this(label, pipeline, null);
  }

  PublishedModel(String label, Pipeline pipeline, Pipeline priorBeside) {
    this.label = label;
    this.pipeline = pipeline;
    this.priorBeside = priorBeside;
  }

  /** The name by which the scripts know it. */
  String label() {
    return label;
  }

  /** The side of the pictures that it makes when nothing is said, in pixels. */
  int pictureSize() {
    return switch (this) {
      case SD15, SDXL_TURBO, KANDINSKY22, X4_UPSCALER -> 512;
      case SD21 -> 768;
      case SDXL, SDXL_REFINER, SD3_MEDIUM, SD3_MEDIUM_NO_T5 -> 1024;
      case KARLO, DEEPFLOYD_2, DIT_XL -> 256;
      case DEEPFLOYD -> 64;
    };
  }

  /** Its folders, by what is added to the folder's name: a prior may be published apart. */
  Map<String, Pipeline> folders() {
    Map<String, Pipeline> folders = new LinkedHashMap<>();
    folders.put("", pipeline);
    if (priorBeside != null) {
      folders.put("-prior", priorBeside);
    }
    return folders;
  }

  /**
   * The checkpoint of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  static PublishedModel named(String label) {
    return Arrays.stream(values())
        .filter(model -> model.label.equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no checkpoint %s; known: %s".formatted(label, String.join(", ", labels()))));
  }

  static List<String> labels() {
    return Arrays.stream(values()).map(PublishedModel::label).collect(Collectors.toList());
  }

  private static Pipeline stableDiffusion3(boolean withT5) {
    Pipeline whole =
        pipeline(
            "StableDiffusion3Pipeline",
            Keys.of(),
            entry("scheduler", Schedulers.stableDiffusion3()),
            entry("text_encoder", TextNetworks.clipLProjected()),
            entry("text_encoder_2", TextNetworks.clipBigG()),
            entry("text_encoder_3", TextNetworks.t5Xxl()),
            entry("tokenizer", new ClipTokenizer(ClipTokenizer.END)),
            entry("tokenizer_2", new ClipTokenizer(ClipTokenizer.FIRST)),
            entry("tokenizer_3", new T5Tokenizer(512)),
            entry("transformer", Transformers.stableDiffusion3Medium()),
            entry("vae", Autoencoders.stableDiffusion3()));
    if (withT5) {
      return whole;
    }
    Map<String, Component> components = new LinkedHashMap<>(whole.components());
    Map<String, Object> settings = Keys.of();
    for (String name : List.of("text_encoder_3", "tokenizer_3")) {
      components.remove(name);
      settings.put(name, Arrays.asList(null, null));
    }
    return new Pipeline(whole.className(), settings, components);
  }

  @SafeVarargs
  private static Pipeline pipeline(
      String className, Map<String, Object> settings, Map.Entry<String, Component>... components) {
    Map<String, Component> byName = new LinkedHashMap<>();
    for (Map.Entry<String, Component> component : components) {
      byName.put(component.getKey(), component.getValue());
    }
    return new Pipeline(className, settings, byName);
  }
}
