package dev.sluice.trainer.latent;

import dev.sluice.catalog.Config;
import dev.sluice.trainer.diffusion.ForwardProcess;
import dev.sluice.trainer.pixels.DdpmFiles;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.shapes.ShapesVocabulary;
import dev.sluice.trainer.shapes.World;
import dev.sluice.trainer.system.ModelFiles;
import dev.sluice.trainer.system.OtherModel;
import dev.sluice.trainer.system.Phase;
import dev.sluice.trainer.system.TrainedSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Stable Diffusion 3 on the shapes world: a rectified flow in the latents of another model's
 * autoencoder, by a transformer in which the tokens of picture and text have weights of their own
 * and attend to each other.
 *
 * <p>The class has two CLIPs; here both are the same one, another model's. It goes without T5, as
 * the paper's section 5.3.3 has it, and {@code StableDiffusion3Pipeline} too.
 */
public final class ShapesSd3 implements TrainedSystem {

  /** The phase of the transformer. */
  static final String TEXT_TO_FLOW = "text-to-flow";

  static final String TEXT_ENCODER = "text_encoder";
  static final String TRANSFORMER = "transformer";

  private static final String SECOND = "_2";
  private static final String TOKENIZER = "tokenizer";

  @Override
  public String name() {
    return "shapes-sd3";
  }

  @Override
  public String paper() {
    return "Esser et al. 2024, Scaling Rectified Flow Transformers for High-Resolution Image"
        + " Synthesis";
  }

  @Override
  public List<Phase> phases() {
    return List.of(Phase.of(TEXT_TO_FLOW, TextToFlow::new, TRANSFORMER));
  }

  /** The folder of the text encoder that is built upon. */
  static Path trainedText(Recipe recipe) {
    return World.builtOn(recipe, TEXT_ENCODER);
  }

  /** The autoencoder that is built upon. */
  static Latents latents(Recipe recipe) {
    return new Latents(OtherModel.builtOn(recipe, AutoencoderObjective.VAE));
  }

  /** The network's config: two texts side by side are as wide as they are. */
  static Map<String, Object> transformer(Recipe recipe) {
    Map<String, Object> config =
        ModelFiles.ofClass("SD3Transformer2DModel", recipe.map("components.transformer"));
    Config text = OtherModel.config(trainedText(recipe));
    config.put("joint_attention_dim", 2 * text.integer("hidden_size"));
    config.put("pooled_projection_dim", 2 * text.integer("projection_dim"));
    config.putAll(TextStreams.of(recipe).config());
    return config;
  }

  @Override
  public void writeFiles(Recipe recipe, Path model) throws IOException {
    for (String number : List.of("", SECOND)) {
      new ShapesVocabulary(World.of(recipe)).write(model.resolve(TOKENIZER + number));
      OtherModel.copy(trainedText(recipe), model.resolve(TEXT_ENCODER + number));
    }
    OtherModel.copy(latents(recipe).folder(), model.resolve(AutoencoderObjective.VAE));
    Map<String, Object> vae = latents(recipe).config().asMap();
    // diffusers' class adds it, and has no value for one that is not there.
    vae.putIfAbsent("shift_factor", 0.0);
    ModelFiles.config(model, AutoencoderObjective.VAE, vae);
    ModelFiles.config(model, TRANSFORMER, transformer(recipe));
    Map<String, Object> index = new LinkedHashMap<>();
    index.put("_class_name", "StableDiffusion3Pipeline");
    Map<String, Object> scheduler = scheduler(recipe);
    index.put("scheduler", List.of("diffusers", scheduler.get("_class_name")));
    for (String number : List.of("", SECOND)) {
      index.put(TEXT_ENCODER + number, List.of("transformers", "CLIPTextModelWithProjection"));
      index.put(TOKENIZER + number, List.of("transformers", "CLIPTokenizer"));
    }
    ModelFiles.absent(index, "text_encoder_3", "tokenizer_3");
    index.put(TRANSFORMER, List.of("diffusers", "SD3Transformer2DModel"));
    index.put(AutoencoderObjective.VAE, List.of("diffusers", "AutoencoderKL"));
    ModelFiles.pipeline(model, index, scheduler, recipe.map("sampling"));
  }

  /** Of a flow; or of a process like DDPM's, which the paper compares it with. */
  private static Map<String, Object> scheduler(Recipe recipe) {
    if (recipe.choice("loss.process.kind", ForwardProcess.Kind.class)
        == ForwardProcess.Kind.VARIANCE_PRESERVING) {
      Map<String, Object> members = DdpmFiles.process(recipe);
      members.put("clip_sample", false);
      members.put("timestep_spacing", "trailing");
      return ModelFiles.ofClass("DDIMScheduler", members);
    }
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("num_train_timesteps", recipe.integer("loss.process.timesteps", 1));
    members.put("shift", recipe.number("scheduler.shift", 0.01, 100));
    return ModelFiles.ofClass("FlowMatchEulerDiscreteScheduler", members);
  }
}
