package dev.sluice.trainer.unclip;

import dev.sluice.catalog.Config;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.shapes.ShapesVocabulary;
import dev.sluice.trainer.shapes.World;
import dev.sluice.trainer.system.ModelFiles;
import dev.sluice.trainer.system.Phase;
import dev.sluice.trainer.system.TrainedSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * unCLIP on the shapes world: a CLIP of our own, a diffusion prior and an autoregressive one, a
 * decoder, and two networks that enlarge.
 */
public final class ShapesUnclip implements TrainedSystem {

  private static final String AUTOREGRESSIVE = "autoregressive_prior";

  @Override
  public String name() {
    return "shapes-unclip";
  }

  @Override
  public String paper() {
    return "Ramesh et al. 2022, Hierarchical Text-Conditional Image Generation with CLIP Latents";
  }

  @Override
  public List<Phase> phases() {
    return List.of(
        Phase.of("clip", ClipObjective::new, "text_encoder", "image_encoder"),
        Phase.of("prior", PriorObjective::new, "prior"),
        // What diffusers' unCLIP does not have must not lie there before its weights do.
        Phase.of(AUTOREGRESSIVE, AutoregressivePriorObjective::new, AUTOREGRESSIVE)
            .then(
                context ->
                    ModelFiles.config(
                        context.model(), AUTOREGRESSIVE, autoregressivePrior(context.recipe()))),
        Phase.of("decoder", DecoderObjective::new, "text_proj", "decoder"),
        Phase.of(
            "super_res_first",
            context -> new SuperResolutionObjective(context, "base", "middle"),
            "super_res_first"),
        Phase.of(
            "super_res_last",
            context -> new SuperResolutionObjective(context, "middle", "picture"),
            "super_res_last"));
  }

  static Map<String, Object> textEncoder(Recipe recipe) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("architectures", List.of("CLIPTextModelWithProjection"));
    config.put("model_type", "clip_text_model");
    config.putAll(new ShapesVocabulary(World.of(recipe)).textConfig());
    config.putAll(recipe.map("components.text_encoder"));
    return config;
  }

  static Map<String, Object> imageEncoder(Recipe recipe) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("architectures", List.of("CLIPVisionModelWithProjection"));
    config.put("model_type", "clip_vision_model");
    config.putAll(recipe.map("components.image_encoder"));
    return config;
  }

  static Map<String, Object> prior(Recipe recipe) {
    return overTexts("PriorTransformer", recipe, "prior");
  }

  static Map<String, Object> autoregressivePrior(Recipe recipe) {
    return overTexts("AutoregressivePrior", recipe, AUTOREGRESSIVE);
  }

  private static Map<String, Object> overTexts(String type, Recipe recipe, String component) {
    Map<String, Object> config = ModelFiles.ofClass(type, recipe.map("components." + component));
    config.put("num_embeddings", ShapesVocabulary.MAX_LENGTH);
    return config;
  }

  static Map<String, Object> textProjection(Recipe recipe) {
    return ModelFiles.ofClass("UnCLIPTextProjModel", recipe.map("components.text_proj"));
  }

  static Map<String, Object> decoder(Recipe recipe) {
    return ModelFiles.ofClass("UNet2DConditionModel", recipe.map("components.decoder"));
  }

  static Map<String, Object> superResolution(Recipe recipe, String component) {
    return ModelFiles.ofClass("UNet2DModel", recipe.map("components." + component));
  }

  /** The width of CLIP's embeddings. */
  static int embedding(Recipe recipe) {
    return Config.of(recipe.map("components.text_encoder")).integer("projection_dim");
  }

  @Override
  public void writeFiles(Recipe recipe, Path model) throws IOException {
    new ShapesVocabulary(World.of(recipe)).write(model.resolve("tokenizer"));
    ModelFiles.config(model, "text_encoder", textEncoder(recipe));
    ModelFiles.config(model, "image_encoder", imageEncoder(recipe));
    ModelFiles.config(model, "prior", prior(recipe));
    ModelFiles.config(model, "text_proj", textProjection(recipe));
    ModelFiles.config(model, "decoder", decoder(recipe));
    for (String component : List.of("super_res_first", "super_res_last")) {
      ModelFiles.config(model, component, superResolution(recipe, component));
    }
    ModelFiles.write(
        model.resolve("feature_extractor/preprocessor_config.json"), featureExtractor(recipe));
    double range = recipe.number("sampling.prior-clip-range");
    scheduler(recipe, model, "prior_scheduler", "fixed_small_log", range);
    scheduler(recipe, model, "decoder_scheduler", "learned_range", 1.0);
    scheduler(recipe, model, "super_res_scheduler", "fixed_small_log", 1.0);
    ModelFiles.write(model.resolve("model_index.json"), modelIndex(recipe));
    Map<String, Object> sampling = recipe.map("sampling");
    sampling.remove("prior-clip-range");
    ModelFiles.write(model.resolve("sampling_defaults.json"), sampling);
  }

  private static void scheduler(
      Recipe recipe, Path model, String name, String variance, double clipRange)
      throws IOException {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("_class_name", "UnCLIPScheduler");
    config.put("num_train_timesteps", recipe.integer("process.timesteps", 1));
    config.put("beta_schedule", recipe.string("process.betas"));
    config.put("prediction_type", "sample");
    config.put("variance_type", variance);
    config.put("clip_sample", true);
    config.put("clip_sample_range", clipRange);
    ModelFiles.write(model.resolve(name).resolve("scheduler_config.json"), config);
  }

  private static Map<String, Object> featureExtractor(Recipe recipe) {
    int size = recipe.integer("sizes.picture", 1);
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("feature_extractor_type", "CLIPFeatureExtractor");
    config.put("image_processor_type", "CLIPImageProcessor");
    config.put("size", Map.of("shortest_edge", size));
    config.put("crop_size", Map.of("height", size, "width", size));
    config.put("do_normalize", true);
    config.put("image_mean", List.of(0.5, 0.5, 0.5));
    config.put("image_std", List.of(0.5, 0.5, 0.5));
    return config;
  }

  private static Map<String, Object> modelIndex(Recipe recipe) {
    Map<String, Object> index = new LinkedHashMap<>();
    index.put("_class_name", "UnCLIPPipeline");
    index.put("max_noise_level", recipe.integer("augmentation.max-level", 1));
    index.put("decoder", List.of("diffusers", "UNet2DConditionModel"));
    index.put("decoder_scheduler", List.of("diffusers", "UnCLIPScheduler"));
    index.put("prior", List.of("diffusers", "PriorTransformer"));
    index.put("prior_scheduler", List.of("diffusers", "UnCLIPScheduler"));
    index.put("super_res_first", List.of("diffusers", "UNet2DModel"));
    index.put("super_res_last", List.of("diffusers", "UNet2DModel"));
    index.put("super_res_scheduler", List.of("diffusers", "UnCLIPScheduler"));
    index.put("text_encoder", List.of("transformers", "CLIPTextModelWithProjection"));
    index.put("text_proj", List.of("unclip", "UnCLIPTextProjModel"));
    index.put("tokenizer", List.of("transformers", "CLIPTokenizer"));
    return index;
  }
}
