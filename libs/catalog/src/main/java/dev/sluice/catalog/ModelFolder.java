package dev.sluice.catalog;

import dev.sluice.catalog.file.FileStamp;
import dev.sluice.catalog.file.InvalidConfigException;
import dev.sluice.catalog.file.Sentences;
import dev.sluice.catalog.loading.LoadOptions;
import dev.sluice.catalog.loading.WeightsWatch;
import dev.sluice.catalog.lora.Adaptation;
import dev.sluice.catalog.lora.Adaptations;
import dev.sluice.catalog.lora.AdaptedName;
import dev.sluice.diffusion.SchedulerConfig;
import dev.sluice.safetensors.Checkpoints;
import dev.sluice.safetensors.TensorSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A model in diffusers' layout: {@code model_index.json} names the pipeline's class and its
 * components, each of which has a folder of its own. Opening one reads the index only; whoever
 * needs a component loads it, so that a stage pays for its own networks and no others. Configs are
 * read once: whoever wants to know of changed files opens the folder anew, as {@link ModelCatalog}
 * does.
 */
public final class ModelFolder {

  /** The file that makes a folder a model. */
  public static final String INDEX = "model_index.json";

  /** Models whose files take at most so many bytes are small: quick to load, and cheap to keep. */
  public static final long SMALL_BYTES = 64L << 20;

  /** The file that says how a model samples when a request says nothing. */
  public static final String SAMPLING_DEFAULTS = "sampling_defaults.json";

  /** A noisy classifier, by which a denoiser can be guided. */
  public static final String CLASSIFIER = "classifier";

  /** CLIP's picture tower. */
  public static final String IMAGE_ENCODER = "image_encoder";

  /** An unCLIP's second kind of prior. */
  public static final String AUTOREGRESSIVE_PRIOR = "autoregressive_prior";

  /** Of the index: diffusers' names of classes, by their numbers. */
  private static final String CLASS_NAMES = "id2label";

  private final Path folder;
  private final ModelIndex index;
  private final LoadOptions loading;
  private final WeightsWatch watch;

  /** What is added to its weights. */
  private final List<Adaptation> adaptations;

  private final ComponentFiles files;

  private ModelFolder(
      Path folder,
      ModelIndex index,
      LoadOptions loading,
      WeightsWatch watch,
      List<Adaptation> adaptations,
      ComponentFiles files) {
    this.folder = folder;
    this.index = index;
    this.loading = loading;
    this.watch = watch;
    this.adaptations = adaptations;
    this.files = files;
  }

  /** The same, whose networks are loaded in a certain way. */
  public ModelFolder loading(LoadOptions options) {
    return new ModelFolder(folder, index, options, watch, adaptations, files);
  }

  /** How its networks are to be loaded. */
  public LoadOptions loading() {
    return loading;
  }

  /** The same, whose weights are read under the eyes of {@code watch}. */
  public ModelFolder watchedBy(WeightsWatch watch) {
    return new ModelFolder(folder, index, loading, watch, adaptations, files);
  }

  /** The same with low-rank adaptations added to its weights. */
  ModelFolder adaptedBy(List<Adaptation> adaptations) {
    return new ModelFolder(folder, index, loading, watch, List.copyOf(adaptations), files);
  }

  /**
   * Reads a model's index.
   *
   * @throws IllegalArgumentException if there is none, it is malformed, its pipeline class is not
   *     known, or a component of that class is absent
   */
  public static ModelFolder open(Path folder) {
    ModelIndex index = ModelIndex.read(folder);
    return new ModelFolder(
        folder,
        index,
        LoadOptions.DEFAULT,
        WeightsWatch.NONE,
        List.of(),
        new ComponentFiles(folder, index));
  }

  /** The folder's name, with what is added to the model: by this requests ask for it. */
  public String name() {
    return new AdaptedName(
            folder.toAbsolutePath().normalize().getFileName().toString(),
            adaptations.stream().map(Adaptation::use).toList())
        .toString();
  }

  /** What is added to its weights. */
  List<Adaptation> adaptations() {
    return adaptations;
  }

  public PipelineClass pipeline() {
    return index.pipeline();
  }

  /**
   * What tells cheaply whether the model's files are still those that were there before: a digest
   * of their names, sizes and times.
   *
   * @throws UncheckedIOException if they cannot be listed
   */
  public String stamp() {
    String own = FileStamp.of(folder, 2);
    return adaptations.isEmpty()
        ? own
        : ModelDigests.of(
            Stream.concat(
                    Stream.of(own, name()),
                    adaptations.stream().map(adaptation -> FileStamp.of(adaptation.file(), 1)))
                .collect(Collectors.joining("\n"))
                .getBytes(StandardCharsets.UTF_8));
  }

  /** As {@link #stamp()}, of one component. */
  public String stamp(String component) {
    return FileStamp.of(component(component), 1);
  }

  /**
   * What the model can do with a request: what its class can, and what else lies beside it for.
   *
   * @throws InvalidConfigException if the denoiser's config cannot be read
   */
  public Set<Ability> abilities() {
    Set<Ability> abilities = EnumSet.noneOf(Ability.class);
    abilities.addAll(pipeline().abilities());
    if (pipeline().denoiser() == DenoiserKind.UNCLIP_DECODER && has(IMAGE_ENCODER)) {
      abilities.add(Ability.VARIATIONS);
      abilities.add(Ability.CLIP_GUIDANCE);
    }
    if (pipeline() == PipelineClass.UNCLIP && has(AUTOREGRESSIVE_PRIOR)) {
      abilities.add(Ability.SAMPLED_CODES);
    }
    if (pipeline().hasDenoiser()) {
      abilities.addAll(denoiserAbilities(pipeline().denoiser().component()));
      if (classes() == 0 && classifierClasses() == 0) {
        abilities.remove(Ability.CLASSES);
      }
    }
    return abilities;
  }

  private Set<Ability> denoiserAbilities(String denoiser) {
    Set<Ability> abilities = EnumSet.noneOf(Ability.class);
    if (config(denoiser).integer("time_cond_proj_dim", 0) > 0) {
      abilities.add(Ability.GUIDANCE_EMBEDDING);
    }
    if (networkClass(denoiser).equals(NetworkClass.UNET_2D_CONDITION_MODEL.className())) {
      abilities.add(Ability.FEATURE_REUSE);
    }
    return abilities;
  }

  /** The size of the denoiser's own samples, for a pipeline that has a denoiser. */
  public SampleSize sampleSize() {
    return SampleSize.of(this);
  }

  /** The folder that the components lie in. */
  Path folder() {
    return folder;
  }

  /**
   * How the model samples when a request says nothing, by stage: {@code sampling_defaults.json}
   * beside the index; empty where there is none.
   */
  public Config samplingDefaults() {
    return files.beside(SAMPLING_DEFAULTS);
  }

  /**
   * How many classes of pictures the denoiser was trained with; 0 for none. Where the index names
   * them, as {@code DiTPipeline} does, those alone: its table is as long as ImageNet's for any
   * data.
   */
  public int classes() {
    Config config = config(pipeline().denoiser().component());
    int embedded = config.integer("num_class_embeds", config.integer("num_embeds_ada_norm", 0));
    return index.settings().asMap().get(CLASS_NAMES) instanceof Map<?, ?> names && !names.isEmpty()
        ? Math.min(embedded, names.size())
        : embedded;
  }

  /**
   * How many classes a picture can be steered to: those that both the denoiser and the classifier
   * beside it know, or the latter alone.
   */
  public int steeredClasses() {
    int own = classes();
    return own == 0 ? classifierClasses() : Math.min(own, classifierClasses());
  }

  /** How many classes a classifier beside the model tells apart; 0 if there is none. */
  public int classifierClasses() {
    return has(CLASSIFIER) ? config(CLASSIFIER).integer("num_classes", 0) : 0;
  }

  /**
   * What its components' files take, in bytes.
   *
   * @throws UncheckedIOException if they cannot be listed
   */
  public long bytes() {
    long bytes = 0;
    for (String name : index.classes().keySet()) {
      try (Stream<Path> files = Files.walk(component(name), 1)) {
        bytes += files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
      } catch (NoSuchFileException e) {
        // Whoever needs the component will say that it is missing.
      } catch (IOException e) {
        throw new UncheckedIOException("the model " + folder + " cannot be listed", e);
      }
    }
    return bytes;
  }

  /** Whether the model has that component. */
  public boolean has(String component) {
    return index.classes().containsKey(component);
  }

  /** A setting of the pipeline that {@code model_index.json} may hold. */
  public boolean setting(String name, boolean whenAbsent) {
    return index.settings().bool(name, whenAbsent);
  }

  /** As {@link #setting(String, boolean)}, for a number. */
  public int setting(String name, int whenAbsent) {
    return index.settings().integer(name, whenAbsent);
  }

  /** How many timesteps a scheduler's model was trained with. */
  public int trainTimesteps(String scheduler) {
    return files.schedulerConfig(scheduler).integer("num_train_timesteps", 1000);
  }

  /**
   * The folder of a component: that of its name, or else the model's own, where flat checkpoints
   * have the files of their only network and scheduler.
   */
  public Path component(String name) {
    return files.folder(name);
  }

  /** Whether components lie in the model's own folder. */
  boolean isFlat() {
    return files.isFlat();
  }

  /** The {@code config.json} of a component. */
  public Config config(String component) {
    return files.config(component);
  }

  /**
   * The {@code scheduler_config.json} of a scheduler. As in diffusers, it is the index that says of
   * which class.
   */
  public SchedulerConfig scheduler(String component) {
    return files.scheduler(component);
  }

  /** The network class of a component, as the index names it. */
  public String networkClass(String component) {
    return files.className(component);
  }

  /** Opens a component's weights; closing them is the caller's. */
  public TensorSource weights(String component) {
    TensorSource weights = Checkpoints.open(component(component));
    try {
      return watch.opened(
          component, adaptations.isEmpty() ? weights : adapting().adapt(component, weights));
    } catch (RuntimeException | Error e) {
      weights.close();
      throw e;
    }
  }

  private Adaptations adapting() {
    return new Adaptations(adaptations, index.classes().keySet(), usualComponent());
  }

  /** The component that adaptations mean which name none. */
  private String usualComponent() {
    return pipeline().hasDenoiser() ? pipeline().denoiser().component() : "";
  }

  /**
   * Checks that an adaptation fits.
   *
   * @throws IllegalArgumentException if it does not, in a sentence
   */
  void requireFit(Adaptation adaptation) {
    Adaptations.check(
        adaptation,
        index.classes().keySet(),
        usualComponent(),
        component -> Checkpoints.open(component(component)));
  }

  /**
   * Loads something of this model, if its components fit each other.
   *
   * @throws UnusableModelException if its files do not let it, in place of whatever said so
   */
  public <T> T load(Function<ModelFolder, T> loader) {
    try {
      ComponentFit.require(this);
      return loader.apply(this);
    } catch (UnusableModelException e) {
      throw e;
    } catch (IllegalArgumentException | UncheckedIOException e) {
      throw new UnusableModelException(
          name(), List.of(Sentences.inside(folder, e.getMessage())), e);
    }
  }

  @Override
  public String toString() {
    return folder.toString();
  }
}
