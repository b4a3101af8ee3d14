package dev.sluice.catalog;

import static dev.sluice.catalog.Ability.BORROWED_PRIOR;
import static dev.sluice.catalog.Ability.CLASSES;
import static dev.sluice.catalog.Ability.DRAWN_CODES;
import static dev.sluice.catalog.Ability.EMBEDDINGS;
import static dev.sluice.catalog.Ability.EMBEDDING_PAINTING;
import static dev.sluice.catalog.Ability.ENLARGEMENT;
import static dev.sluice.catalog.Ability.HANDOVER;
import static dev.sluice.catalog.Ability.INVERSION;
import static dev.sluice.catalog.Ability.MASK_NEEDED;
import static dev.sluice.catalog.Ability.PICTURE_NEEDED;
import static dev.sluice.catalog.Ability.PICTURE_START;
import static dev.sluice.catalog.Ability.SAMPLED_EMBEDDINGS;
import static dev.sluice.catalog.Ability.SUPER_RESOLUTION;
import static dev.sluice.catalog.Ability.TEXT;
import static dev.sluice.catalog.Ability.VARIATIONS;
import static dev.sluice.catalog.Ability.VARIATIONS_ONLY;

import dev.sluice.catalog.file.InvalidConfigException;
import dev.sluice.catalog.file.Nearest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The pipelines that can be run: diffusers' classes, as {@code model_index.json} names them. */
public enum PipelineClass {
  /** Text to picture by way of a picture embedding: Ramesh et al. 2022, as Karlo trained it. */
  UNCLIP(
      "UnCLIPPipeline",
      new Usual(25, 8, 1),
      Set.of(TEXT, EMBEDDINGS, SAMPLED_EMBEDDINGS, EMBEDDING_PAINTING, INVERSION, ENLARGEMENT),
      Text.CLIP_PROJECTED,
      DenoiserKind.UNCLIP_DECODER,
      Finish.SUPER_RESOLUTION,
      "text_encoder tokenizer prior prior_scheduler text_proj decoder decoder_scheduler "
          + "super_res_first super_res_last super_res_scheduler"),
  /** A picture's embedding to other pictures of the same: unCLIP without its prior. */
  UNCLIP_IMAGE_VARIATION(
      "UnCLIPImageVariationPipeline",
      new Usual(25, 8, 1),
      Set.of(TEXT, EMBEDDINGS, VARIATIONS_ONLY, INVERSION, ENLARGEMENT),
      Text.CLIP_PROJECTED,
      DenoiserKind.UNCLIP_DECODER,
      Finish.SUPER_RESOLUTION,
      "text_encoder tokenizer image_encoder text_proj decoder decoder_scheduler "
          + "super_res_first super_res_last super_res_scheduler"),
  /** Text to picture in latent space: Rombach et al. 2022. */
  STABLE_DIFFUSION(
      "StableDiffusionPipeline",
      new Usual(50, 7.5, 0.8),
      Set.of(TEXT, PICTURE_START, HANDOVER),
      Text.CLIP,
      DenoiserKind.STABLE_DIFFUSION,
      Finish.AUTOENCODER,
      "text_encoder tokenizer unet scheduler vae"),
  /** The same from a picture. */
  STABLE_DIFFUSION_IMAGE(
      "StableDiffusionImg2ImgPipeline",
      new Usual(50, 7.5, 0.8),
      Set.of(TEXT, PICTURE_START, PICTURE_NEEDED, HANDOVER),
      STABLE_DIFFUSION),
  /** Painting into a picture. */
  STABLE_DIFFUSION_INPAINT(
      "StableDiffusionInpaintPipeline",
      new Usual(50, 7.5, 1),
      Set.of(TEXT, PICTURE_START, PICTURE_NEEDED, MASK_NEEDED),
      STABLE_DIFFUSION),
  /** Few steps: Luo et al. 2023. */
  LATENT_CONSISTENCY(
      "LatentConsistencyModelPipeline", new Usual(4, 8.5, 1), Set.of(TEXT), STABLE_DIFFUSION),
  /** A picture to one four times as large: Stable Diffusion's x4 upscaler. */
  STABLE_DIFFUSION_UPSCALE(
      "StableDiffusionUpscalePipeline",
      new Usual(75, 9, 1),
      Set.of(TEXT, PICTURE_NEEDED, SUPER_RESOLUTION),
      Text.CLIP,
      DenoiserKind.LATENT_UPSCALER,
      Finish.AUTOENCODER,
      "text_encoder tokenizer unet scheduler low_res_scheduler vae"),
  /** Podell et al. 2023; SDXL-Turbo too. */
  STABLE_DIFFUSION_XL(
      "StableDiffusionXLPipeline",
      new Usual(50, 5, 0.8),
      Set.of(TEXT, PICTURE_START, HANDOVER),
      Text.SDXL,
      DenoiserKind.STABLE_DIFFUSION_XL,
      Finish.AUTOENCODER,
      "text_encoder tokenizer text_encoder_2 tokenizer_2 unet scheduler vae"),
  /** From a picture or another model's latents; SDXL's refiner, which has one text encoder. */
  STABLE_DIFFUSION_XL_IMAGE(
      "StableDiffusionXLImg2ImgPipeline",
      new Usual(50, 5, 0.3),
      Set.of(TEXT, PICTURE_START, PICTURE_NEEDED, HANDOVER),
      Text.SDXL,
      DenoiserKind.STABLE_DIFFUSION_XL,
      Finish.AUTOENCODER,
      "text_encoder_2 tokenizer_2 unet scheduler vae"),
  /** Painting into a picture. */
  STABLE_DIFFUSION_XL_INPAINT(
      "StableDiffusionXLInpaintPipeline",
      new Usual(50, 7.5, 1),
      Set.of(TEXT, PICTURE_START, PICTURE_NEEDED, MASK_NEEDED),
      STABLE_DIFFUSION_XL),
  /** Rectified flow: Esser et al. 2024. */
  STABLE_DIFFUSION_3(
      "StableDiffusion3Pipeline",
      new Usual(28, 7, 1),
      Set.of(TEXT),
      Text.SD3,
      DenoiserKind.STABLE_DIFFUSION_3,
      Finish.AUTOENCODER,
      "text_encoder tokenizer text_encoder_2 tokenizer_2 transformer scheduler vae"),
  /** Ho et al. 2020. */
  DDPM(
      "DDPMPipeline",
      new Usual(1000, 1, 0.7),
      Set.of(CLASSES, PICTURE_START),
      Text.NONE,
      DenoiserKind.UNCONDITIONAL,
      Finish.NONE,
      "unet scheduler"),
  /** Song et al. 2021. */
  DDIM("DDIMPipeline", new Usual(50, 1, 0.7), Set.of(CLASSES, PICTURE_START), DDPM),
  /** Class to picture by a transformer: Peebles and Xie 2023. */
  DIT(
      "DiTPipeline",
      new Usual(50, 4, 1),
      Set.of(CLASSES),
      Text.NONE,
      DenoiserKind.DIT,
      Finish.AUTOENCODER,
      "transformer scheduler vae"),
  /** Imagen's base model: Saharia et al. 2022. */
  DEEPFLOYD(
      "IFPipeline",
      new Usual(100, 7, 0.7),
      Set.of(TEXT, PICTURE_START),
      Text.T5,
      DenoiserKind.DEEPFLOYD,
      Finish.NONE,
      "text_encoder tokenizer unet scheduler"),
  /** Imagen's super-resolution. */
  DEEPFLOYD_UPSCALE(
      "IFSuperResolutionPipeline",
      new Usual(50, 4, 1),
      Set.of(TEXT, PICTURE_NEEDED, SUPER_RESOLUTION),
      Text.T5,
      DenoiserKind.DEEPFLOYD_UPSCALER,
      Finish.NONE,
      "text_encoder tokenizer unet scheduler image_noising_scheduler"),
  /** Text to picture embedding: Razzhigaev et al. 2023. */
  KANDINSKY_PRIOR(
      "KandinskyV22PriorPipeline",
      new Usual(25, 4, 1),
      Set.of(),
      Text.CLIP_PROJECTED,
      DenoiserKind.NONE,
      Finish.NONE,
      "text_encoder tokenizer image_encoder prior scheduler"),
  /** Picture embedding to picture. */
  KANDINSKY_DECODER(
      "KandinskyV22Pipeline",
      new Usual(100, 4, 1),
      Set.of(TEXT, EMBEDDINGS, SAMPLED_EMBEDDINGS, VARIATIONS, BORROWED_PRIOR),
      Text.NONE,
      DenoiserKind.KANDINSKY_DECODER,
      Finish.AUTOENCODER,
      "unet scheduler movq"),
  /** Text to the codes of a picture on two levels: Razavi et al. 2019, Ramesh et al. 2021. */
  VQ_VAE_2(
      "VQVAE2Pipeline",
      new Usual(1, 1, 1),
      Set.of(TEXT, DRAWN_CODES),
      Text.CLIP,
      DenoiserKind.CODES,
      Finish.AUTOENCODER,
      "text_encoder tokenizer transformer vqvae");

  /** How words become conditions. */
  public enum Text {
    NONE,
    CLIP,
    CLIP_PROJECTED,
    SDXL,
    SD3,
    T5
  }

  /** What makes the denoiser's samples into pictures. */
  public enum Finish {
    NONE,
    AUTOENCODER,
    SUPER_RESOLUTION
  }

  /**
   * How a picture is made when neither the request nor a file of the model says: as diffusers does.
   *
   * @param steps of the denoiser; of no meaning where a picture has a step for each of its codes
   * @param guidanceScale of the denoiser
   * @param strength share of the noise schedule that a given picture goes through, without a mask
   */
  public record Usual(int steps, double guidanceScale, double strength) {}

  /** Those that are not called as most are. */
  private static final List<String> AUTOENCODERS = List.of("movq", "vqvae");

  private final String className;
  private final Usual usual;
  private final Set<Ability> abilities;
  private final Text text;
  private final DenoiserKind denoiser;
  private final Finish finish;
  private final List<String> components;

  /**
   * @param components that a model of the class must have, with spaces between
   */
  PipelineClass(
      String className,
      Usual usual,
      Set<Ability> abilities,
      Text text,
      DenoiserKind denoiser,
      Finish finish,
      String components) {
    this.className = className;
    this.usual = usual;
    this.abilities = abilities;
    this.text = text;
    this.denoiser = denoiser;
    this.finish = finish;
    this.components = List.of(components.split(" "));
  }

  /** A class that is the same to us as another: only what a request comes with differs. */
  PipelineClass(String className, Usual usual, Set<Ability> abilities, PipelineClass alike) {
    this.className = className;
    this.usual = usual;
    this.abilities = abilities;
    this.text = alike.text;
    this.denoiser = alike.denoiser;
    this.finish = alike.finish;
    this.components = alike.components;
  }

  /** diffusers' name; of {@link #VQ_VAE_2}, which it does not have, our own. */
  public String className() {
    return className;
  }

  /** How pictures are made unless it is said otherwise. */
  public Usual usual() {
    return usual;
  }

  /** What every model of this class can do with a request. */
  public Set<Ability> abilities() {
    return abilities;
  }

  /** Whether words condition the pictures. */
  public boolean takesText() {
    return text != Text.NONE;
  }

  /** Whether there is a network that samples picture embeddings. */
  public boolean hasPrior() {
    return components.contains("prior");
  }

  /** Whether there is a network that makes picture embeddings, of texts or of pictures. */
  public boolean makesEmbeddings() {
    return hasPrior() || components.contains(ModelFolder.IMAGE_ENCODER);
  }

  /** Whether there is a network that denoises pictures or latents. */
  public boolean hasDenoiser() {
    return denoiser != DenoiserKind.NONE;
  }

  public Text text() {
    return text;
  }

  public DenoiserKind denoiser() {
    return denoiser;
  }

  public Finish finish() {
    return finish;
  }

  /** The component that makes latents into pictures. */
  public String autoencoder() {
    return AUTOENCODERS.stream().filter(components::contains).findFirst().orElse("vae");
  }

  /** The components that a model of this class must have. */
  public List<String> components() {
    return components;
  }

  /** Whether a request can name another sampler in the place of that scheduler's. */
  boolean samplesBy(String scheduler) {
    return scheduler.equals(denoiser.scheduler())
        || scheduler.equals("super_res_scheduler")
        || hasPrior() && scheduler.equals(priorScheduler());
  }

  /** Whose noise schedule the diffusion prior, if there is one, was trained with. */
  public String priorScheduler() {
    return components.contains("prior_scheduler") ? "prior_scheduler" : "scheduler";
  }

  /**
   * The class that an index names.
   *
   * @throws IllegalArgumentException if it names none of these
   */
  public static PipelineClass of(Config index) {
    String name = index.className(known -> find(known).isPresent());
    return find(name)
        .orElseThrow(
            () ->
                new InvalidConfigException(
                    "%s: _class_name is %s, which cannot be served; known: %s.%s"
                        .formatted(
                            index.origin(),
                            name,
                            String.join(", ", names()),
                            Nearest.hint(name, names()))));
  }

  private static List<String> names() {
    return Arrays.stream(values()).map(PipelineClass::className).toList();
  }

  private static Optional<PipelineClass> find(String name) {
    return Arrays.stream(values()).filter(known -> known.className.equals(name)).findFirst();
  }
}
