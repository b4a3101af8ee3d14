package dev.sluice.trainer.captioned;

import dev.sluice.trainer.pixels.DdpmFiles;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.shapes.ShapesPieces;
import dev.sluice.trainer.shapes.World;
import dev.sluice.trainer.system.ModelFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The files of an {@code IFPipeline} and an {@code IFSuperResolutionPipeline} of the shapes world.
 */
public final class IfFiles {

  /** Names of components. */
  public static final String TEXT_ENCODER = "text_encoder";

  public static final String UNET = "unet";
  public static final String TOKENIZER = "tokenizer";

  private static final String NOISING = "image_noising_scheduler";

  private IfFiles() {}

  /** The text encoder's config. */
  public static Map<String, Object> textEncoder(Recipe recipe) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("architectures", List.of("T5EncoderModel"));
    config.put("model_type", "t5");
    config.put("vocab_size", ShapesPieces.size(World.of(recipe)));
    config.put("pad_token_id", 0);
    config.put("eos_token_id", 1);
    config.putAll(recipe.map("components." + TEXT_ENCODER));
    return config;
  }

  /** The network's config. */
  public static Map<String, Object> unet(Recipe recipe) {
    return ModelFiles.ofClass("UNet2DConditionModel", recipe.map("components." + UNET));
  }

  /** Writes all but weights of a pipeline that draws. */
  public static void write(Recipe recipe, Path model) throws IOException {
    ModelFiles.config(model, TEXT_ENCODER, textEncoder(recipe));
    writeDrawing(recipe, model);
  }

  /** Writes all but weights and the text encoder of a pipeline that draws. */
  public static void writeDrawing(Recipe recipe, Path model) throws IOException {
    writeRest(recipe, model, index("IFPipeline"));
  }

  /** Writes all but weights and the text encoder of a pipeline that enlarges. */
  public static void writeEnlarging(Recipe recipe, Path model) throws IOException {
    Map<String, Object> index = index("IFSuperResolutionPipeline");
    index.put(NOISING, List.of("diffusers", "DDPMScheduler"));
    writeRest(recipe, model, index);
    ModelFiles.scheduler(model, NOISING, DdpmFiles.scheduler(recipe));
  }

  private static void writeRest(Recipe recipe, Path model, Map<String, Object> index)
      throws IOException {
    ShapesPieces.write(World.of(recipe), model.resolve(TOKENIZER));
    ModelFiles.config(model, UNET, unet(recipe));
    ModelFiles.pipeline(model, index, DdpmFiles.scheduler(recipe), recipe.map("sampling"));
  }

  private static Map<String, Object> index(String pipeline) {
    Map<String, Object> index = new LinkedHashMap<>();
    index.put("_class_name", pipeline);
    index.put("requires_safety_checker", false);
    ModelFiles.absent(index, "feature_extractor", "safety_checker", "watermarker");
    index.put("scheduler", List.of("diffusers", "DDPMScheduler"));
    index.put(TEXT_ENCODER, List.of("transformers", "T5EncoderModel"));
    index.put(TOKENIZER, List.of("transformers", "T5Tokenizer"));
    index.put(UNET, List.of("diffusers", "UNet2DConditionModel"));
    return index;
  }
}
