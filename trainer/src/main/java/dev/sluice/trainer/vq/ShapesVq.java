package dev.sluice.trainer.vq;

import dev.sluice.catalog.Config;
import dev.sluice.networks.autoencoder.VqVae2Model;
import dev.sluice.trainer.latent.ShapesLdm;
import dev.sluice.trainer.pixels.PictureSource;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.shapes.SceneLayout;
import dev.sluice.trainer.shapes.ShapesBatches;
import dev.sluice.trainer.shapes.ShapesVocabulary;
import dev.sluice.trainer.shapes.World;
import dev.sluice.trainer.system.ModelFiles;
import dev.sluice.trainer.system.Phase;
import dev.sluice.trainer.system.PhaseContext;
import dev.sluice.trainer.system.TrainedSystem;
import dev.sluice.trainer.train.Objective;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The generation before diffusion, on the shapes world: VQ-VAE-2's two levels of codes, and a
 * transformer that draws them one after the other for a caption, as DALL-E does (Ramesh et al.
 * 2021) in place of the paper's PixelCNNs. The text encoder is another model's CLIP as it is.
 */
public final class ShapesVq implements TrainedSystem {

  static final String TRANSFORMER = "transformer";

  @Override
  public String name() {
    return "shapes-vq";
  }

  @Override
  public String paper() {
    return "Razavi et al. 2019, Generating Diverse High-Fidelity Images with VQ-VAE-2";
  }

  @Override
  public List<Phase> phases() {
    return List.of(
        Phase.of("autoencoder", ShapesVq::autoencoder, VqObjective.VQVAE),
        Phase.of("codes", TextToCodes::new, ShapesLdm.TEXT_ENCODER, TRANSFORMER));
  }

  private static Objective autoencoder(PhaseContext context) {
    ShapesBatches batches = new ShapesBatches(context);
    PictureSource pictures =
        number -> Map.of("clean", ShapesBatches.pictures(batches.examples(number)));
    return new VqObjective(
        vqvae(context.recipe()), SceneLayout.PICTURE_SIZE, context.own(), pictures);
  }

  /** The autoencoder's config. */
  static Map<String, Object> vqvae(Recipe recipe) {
    return ModelFiles.ofClass("VQVAE2Model", recipe.map("components." + VqObjective.VQVAE));
  }

  /** The transformer's config: of the autoencoder's codes and the text encoder's states. */
  static Map<String, Object> transformer(Recipe recipe) {
    VqVae2Model autoencoder = new VqVae2Model(Config.of(vqvae(recipe)));
    Map<String, Object> config =
        ModelFiles.ofClass("CodeTransformer", recipe.map("components." + TRANSFORMER));
    config.put(
        "embedding_dim", Config.of(ShapesLdm.textEncoder(recipe)).integer("hidden_size", 512));
    config.put("num_embeddings", ShapesVocabulary.MAX_LENGTH);
    config.put("sample_size", SceneLayout.PICTURE_SIZE / autoencoder.downscale());
    config.put("num_vq_embeddings", autoencoder.entries());
    return config;
  }

  @Override
  public void writeFiles(Recipe recipe, Path model) throws IOException {
    new ShapesVocabulary(World.of(recipe)).write(model.resolve("tokenizer"));
    ModelFiles.config(model, ShapesLdm.TEXT_ENCODER, ShapesLdm.textEncoder(recipe));
    ModelFiles.config(model, TRANSFORMER, transformer(recipe));
    ModelFiles.config(model, VqObjective.VQVAE, vqvae(recipe));
    ModelFiles.pipeline(model, index(), recipe.map("sampling"));
  }

  private static Map<String, Object> index() {
    Map<String, Object> index = new LinkedHashMap<>();
    index.put("_class_name", "VQVAE2Pipeline");
    index.put(ShapesLdm.TEXT_ENCODER, List.of("transformers", "CLIPTextModel"));
    index.put("tokenizer", List.of("transformers", "CLIPTokenizer"));
    index.put(TRANSFORMER, List.of("sluice", "CodeTransformer"));
    index.put(VqObjective.VQVAE, List.of("sluice", "VQVAE2Model"));
    return index;
  }
}
