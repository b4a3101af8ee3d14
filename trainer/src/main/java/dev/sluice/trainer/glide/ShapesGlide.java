package dev.sluice.trainer.glide;

import dev.sluice.trainer.pixels.DdpmFiles;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.shapes.ShapesPieces;
import dev.sluice.trainer.system.ModelFiles;
import dev.sluice.trainer.system.Phase;
import dev.sluice.trainer.system.TrainedSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * GLIDE on the shapes world: a text transformer and a network of pixels that learn together, with
 * some captions dropped, so that it can be guided without a classifier.
 *
 * <p>Its paper puts the text's last token in place of a class, and all tokens beside the pixels in
 * each attention (section 2.2 of the paper); here the tokens are pooled by attention for the first,
 * which is what diffusers' {@code IFPipeline} has, and the text transformer is of T5's form, for
 * the same reason: the folder runs there unchanged.
 */
public final class ShapesGlide implements TrainedSystem {

  static final String TEXT_ENCODER = "text_encoder";
  static final String UNET = "unet";
  static final String TOKENIZER = "tokenizer";

  @Override
  public String name() {
    return "shapes-glide";
  }

  @Override
  public String paper() {
    return "Nichol et al. 2021, GLIDE: Towards Photorealistic Image Generation and Editing with"
        + " Text-Guided Diffusion Models";
  }

  @Override
  public List<Phase> phases() {
    return List.of(Phase.of("text-to-pixels", TextToPixels::new, TEXT_ENCODER, UNET));
  }

  /** The text transformer's config. */
  static Map<String, Object> textEncoder(Recipe recipe) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("architectures", List.of("T5EncoderModel"));
    config.put("model_type", "t5");
    config.put("vocab_size", ShapesPieces.size());
    config.put("pad_token_id", 0);
    config.put("eos_token_id", 1);
    config.putAll(recipe.map("components.text_encoder"));
    return config;
  }

  /** The network's config. */
  static Map<String, Object> unet(Recipe recipe) {
    return ModelFiles.ofClass("UNet2DConditionModel", recipe.map("components.unet"));
  }

  @Override
  public void writeFiles(Recipe recipe, Path model) throws IOException {
    ShapesPieces.write(model.resolve(TOKENIZER));
    ModelFiles.config(model, TEXT_ENCODER, textEncoder(recipe));
    ModelFiles.config(model, UNET, unet(recipe));
    ModelFiles.write(model.resolve("scheduler/scheduler_config.json"), DdpmFiles.scheduler(recipe));
    Map<String, Object> index = new LinkedHashMap<>();
    index.put("_class_name", "IFPipeline");
    index.put("requires_safety_checker", false);
    for (String absent : List.of("feature_extractor", "safety_checker", "watermarker")) {
      index.put(absent, Arrays.asList(null, null));
    }
    index.put("scheduler", List.of("diffusers", "DDPMScheduler"));
    index.put(TEXT_ENCODER, List.of("transformers", "T5EncoderModel"));
    index.put(TOKENIZER, List.of("transformers", "T5Tokenizer"));
    index.put(UNET, List.of("diffusers", "UNet2DConditionModel"));
    ModelFiles.write(model.resolve("model_index.json"), index);
    ModelFiles.write(model.resolve("sampling_defaults.json"), recipe.map("sampling"));
  }
}
