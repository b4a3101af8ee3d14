package dev.sluice.catalog;

import dev.sluice.catalog.file.InvalidConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whether the components of a model are each other's: what one hands to the next has the width that
 * the next one takes. Each may be whole in itself where somebody has put another model's text
 * encoder or autoencoder into a folder. Configs say it, before weights are read; what a config
 * leaves to its class's usual value is not judged.
 */
final class ComponentFit {

  private static final String TEXT = "text_encoder";
  private static final String SECOND_TEXT = "text_encoder_2";
  private static final String THIRD_TEXT = "text_encoder_3";
  private static final String TEXT_WIDTH = "hidden_size";
  private static final String TEXT_PROJECTION = "projection_dim";
  private static final String T5_WIDTH = "d_model";
  private static final String CHANNELS = "in_channels";

  /** Of pictures, beside the latents, in the network that enlarges them. */
  private static final int PICTURE_CHANNELS = 3;

  /** Numbers that SDXL is told of sizes and cuts; its refiner one less, with a score of beauty. */
  private static final int SIZES = 6;

  private final ModelFolder model;
  private final List<String> problems = new ArrayList<>();

  private ComponentFit(ModelFolder model) {
    this.model = model;
  }

  /** A number of configs. */
  private record Width(String said, OptionalInt value) {

    Width plus(Width other) {
      return value.isEmpty() || other.value.isEmpty()
          ? new Width(said, OptionalInt.empty())
          : new Width(
              said + " and " + other.said + " together",
              OptionalInt.of(value.getAsInt() + other.value.getAsInt()));
    }
  }

  /**
   * What does not fit, a sentence each.
   *
   * @throws IllegalArgumentException if a config cannot be read
   */
  static List<String> problems(ModelFolder model) {
    ComponentFit fit = new ComponentFit(model);
    if (model.pipeline().denoiser() == DenoiserKind.CODES) {
      fit.codes();
      return fit.problems;
    }
    switch (model.pipeline().text()) {
      case CLIP -> fit.context(fit.width(TEXT, TEXT_WIDTH));
      case T5 -> fit.context(fit.width(TEXT, T5_WIDTH));
      case SDXL -> fit.twoTexts();
      case SD3 -> fit.threeTexts();
      case CLIP_PROJECTED -> fit.embeddings();
      case NONE -> {}
    }
    if (model.pipeline().finish() == PipelineClass.Finish.AUTOENCODER) {
      fit.latents();
    }
    return fit.problems;
  }

  /**
   * @throws InvalidConfigException if something does not fit
   */
  static void require(ModelFolder model) {
    List<String> problems = problems(model);
    if (!problems.isEmpty()) {
      throw new InvalidConfigException(String.join("; ", problems));
    }
  }

  /** What a UNet attends to: projected to its width first, or of that width. */
  private void context(Width given) {
    Config unet = model.config("unet");
    String key = unet.has("encoder_hid_dim") ? "encoder_hid_dim" : "cross_attention_dim";
    if (!unet.has(key)) {
      return;
    }
    List<Integer> taken =
        unet.isList(key) ? unet.integers(key, List.of()) : List.of(unet.integer(key));
    new TreeSet<>(taken).forEach(width -> require("unet", key, width, given));
  }

  /** SDXL (Podell et al. 2023, sections 2.1 and 2.2); its refiner has the second text alone. */
  private void twoTexts() {
    Width second = width(SECOND_TEXT, TEXT_WIDTH);
    context(model.has(TEXT) ? width(TEXT, TEXT_WIDTH).plus(second) : second);
    Width sizes = width("unet", "addition_time_embed_dim");
    if (sizes.value().isPresent()) {
      int count = model.setting("requires_aesthetics_score", false) ? SIZES - 1 : SIZES;
      equal(
          "unet",
          "projection_class_embeddings_input_dim",
          width(SECOND_TEXT, TEXT_PROJECTION)
              .plus(
                  new Width(
                      "%d times addition_time_embed_dim".formatted(count),
                      OptionalInt.of(count * sizes.value().getAsInt()))));
    }
  }

  /** Stable Diffusion 3 (Esser et al. 2024, section 4): two CLIPs side by side, filled up to T5. */
  private void threeTexts() {
    String context = "joint_attention_dim";
    equal("transformer", context, width(THIRD_TEXT, T5_WIDTH));
    Width clips = width(TEXT, TEXT_WIDTH).plus(width(SECOND_TEXT, TEXT_WIDTH));
    Width taken = width("transformer", context);
    if (clips.value().orElse(0) > taken.value().orElse(Integer.MAX_VALUE)) {
      require("transformer", context, taken.value().getAsInt(), clips);
    }
    equal(
        "transformer",
        "pooled_projection_dim",
        width(TEXT, TEXT_PROJECTION).plus(width(SECOND_TEXT, TEXT_PROJECTION)));
  }

  /** unCLIP's: embeddings of texts and pictures, which are of one space. */
  private void embeddings() {
    for (String prior : List.of("prior", ModelFolder.AUTOREGRESSIVE_PRIOR)) {
      for (String key : List.of(TEXT_WIDTH, TEXT_PROJECTION)) {
        equal(prior, "embedding_dim", width(TEXT, key));
      }
      equal(prior, "embedding_dim", width(ModelFolder.IMAGE_ENCODER, TEXT_PROJECTION));
    }
    for (String key : List.of(TEXT_WIDTH, TEXT_PROJECTION)) {
      equal("text_proj", "clip_embeddings_dim", width(TEXT, key));
    }
    equal("text_proj", "clip_embeddings_dim", width(ModelFolder.IMAGE_ENCODER, TEXT_PROJECTION));
    equal("decoder", "cross_attention_dim", width("text_proj", "cross_attention_dim"));
  }

  /** What the denoiser works on is what the autoencoder makes into pictures. */
  private void latents() {
    DenoiserKind kind = model.pipeline().denoiser();
    String autoencoder = model.pipeline().autoencoder();
    Config config = model.config(autoencoder);
    Width latents =
        width(autoencoder, config.has("vq_embed_dim") ? "vq_embed_dim" : "latent_channels");
    Width taken = width(kind.component(), CHANNELS);
    if (latents.value().isEmpty() || taken.value().isEmpty()) {
      return;
    }
    int channels = latents.value().getAsInt();
    Set<Integer> fitting =
        switch (kind) {
          case LATENT_UPSCALER -> Set.of(channels + PICTURE_CHANNELS);
          // A network that paints into pictures also sees a mask, and what is around it.
          case STABLE_DIFFUSION, STABLE_DIFFUSION_XL -> Set.of(channels, 2 * channels + 1);
          default -> Set.of(channels);
        };
    if (!fitting.contains(taken.value().getAsInt())) {
      require(kind.component(), CHANNELS, taken.value().getAsInt(), latents);
    }
  }

  /** A transformer draws the codes of an autoencoder's codebooks for a text. */
  private void codes() {
    equal("transformer", "embedding_dim", width(TEXT, TEXT_WIDTH));
    String entries = "num_vq_embeddings";
    equal("transformer", entries, width(model.pipeline().autoencoder(), entries));
  }

  private void equal(String component, String key, Width given) {
    OptionalInt taken = width(component, key).value();
    if (taken.isPresent()) {
      require(component, key, taken.getAsInt(), given);
    }
  }

  private void require(String component, String key, int taken, Width given) {
    if (given.value().isPresent() && given.value().getAsInt() != taken) {
      problems.add(
          "%s/config.json: %s is %d, but %s is %d: one of them is another model's"
              .formatted(component, key, taken, given.said(), given.value().getAsInt()));
    }
  }

  /** A number of a component's config; empty where the component or the key is absent. */
  private Width width(String component, String key) {
    String said = key + " of " + component;
    if (!model.has(component)) {
      return new Width(said, OptionalInt.empty());
    }
    Config config = model.config(component);
    return new Width(
        said,
        config.has(key) && !config.isList(key)
            ? OptionalInt.of(config.integer(key))
            : OptionalInt.empty());
  }
}
