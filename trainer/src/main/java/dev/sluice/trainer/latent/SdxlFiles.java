package dev.sluice.trainer.latent;

import dev.sluice.catalog.Config;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.shapes.ShapesVocabulary;
import dev.sluice.trainer.shapes.World;
import dev.sluice.trainer.system.ModelFiles;
import dev.sluice.trainer.system.OtherModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Files that SDXL and its refiner have in common. */
final class SdxlFiles {

  static final String UNET = "unet";

  private static final String TEXT_ENCODER = "text_encoder";
  private static final String TOKENIZER = "tokenizer";
  private static final String SECOND = "_2";
  private static final String SCHEDULER = "DDIMScheduler";

  private SdxlFiles() {}

  /** The folder of the text encoder that is built upon. */
  static Path trainedText(Recipe recipe) {
    return World.builtOn(recipe, TEXT_ENCODER);
  }

  /** The autoencoder that is built upon. */
  static Latents latents(Recipe recipe) {
    return new Latents(OtherModel.builtOn(recipe, AutoencoderObjective.VAE));
  }

  /**
   * The network's config: it attends to the states of its texts side by side, and is told numbers
   * after the embedding of the second.
   *
   * @param texts how many it reads
   * @param numbers how many it is told
   */
  static Map<String, Object> unet(Recipe recipe, int texts, int numbers) {
    Map<String, Object> config =
        ModelFiles.ofClass("UNet2DConditionModel", recipe.map("components.unet"));
    Config text = OtherModel.config(trainedText(recipe));
    int width = recipe.integer("components.unet.addition_time_embed_dim", 2);
    config.put("cross_attention_dim", texts * text.integer("hidden_size"));
    config.put("addition_embed_type", "text_time");
    config.put(
        "projection_class_embeddings_input_dim", text.integer("projection_dim") + numbers * width);
    return config;
  }

  /** Writes the first text encoder, whose embedding nothing asks for, and adds it to the index. */
  static void writeFirstText(Recipe recipe, Path model, Map<String, Object> index)
      throws IOException {
    new ShapesVocabulary(World.of(recipe)).write(model.resolve(TOKENIZER));
    OtherModel.copy(trainedText(recipe), model.resolve(TEXT_ENCODER));
    ModelFiles.config(model, TEXT_ENCODER, ShapesLdm.textEncoder(recipe));
    index.put(TEXT_ENCODER, List.of("transformers", "CLIPTextModel"));
    index.put(TOKENIZER, List.of("transformers", "CLIPTokenizer"));
  }

  /** An index that lacks that one. */
  static void withoutFirstText(Map<String, Object> index) {
    ModelFiles.absent(index, TEXT_ENCODER, TOKENIZER);
  }

  /** Writes all else but the network's weights. */
  static void write(Recipe recipe, Path model, Map<String, Object> index, Map<String, Object> unet)
      throws IOException {
    new ShapesVocabulary(World.of(recipe)).write(model.resolve(TOKENIZER + SECOND));
    OtherModel.copy(trainedText(recipe), model.resolve(TEXT_ENCODER + SECOND));
    OtherModel.copy(latents(recipe).folder(), model.resolve(AutoencoderObjective.VAE));
    ModelFiles.config(model, UNET, unet);
    Map<String, Object> whole = new LinkedHashMap<>(index);
    whole.put("scheduler", List.of("diffusers", SCHEDULER));
    whole.put(TEXT_ENCODER + SECOND, List.of("transformers", "CLIPTextModelWithProjection"));
    whole.put(TOKENIZER + SECOND, List.of("transformers", "CLIPTokenizer"));
    whole.put(UNET, List.of("diffusers", "UNet2DConditionModel"));
    whole.put(AutoencoderObjective.VAE, List.of("diffusers", "AutoencoderKL"));
    ModelFiles.absent(whole, "feature_extractor", "image_encoder");
    ModelFiles.pipeline(
        model, whole, LatentFiles.scheduler(recipe, SCHEDULER), recipe.map("sampling"));
  }
}
