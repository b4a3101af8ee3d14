package dev.sluice.catalog;

import dev.sluice.catalog.file.InvalidConfigException;
import dev.sluice.catalog.file.Sentences;
import dev.sluice.catalog.tokenizer.TokenizerFiles;
import dev.sluice.diffusion.Samplers;
import dev.sluice.diffusion.SchedulerConfig;
import dev.sluice.safetensors.Checkpoints;
import dev.sluice.safetensors.DType;
import dev.sluice.safetensors.TensorInfo;
import dev.sluice.safetensors.TensorSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Goes through a model's folder and gathers all that is wrong with it, not the first thing only.
 */
final class ModelInspector {

  private static final Pattern COMPONENT = Pattern.compile("\\w+");

  /** What diffusers does around a generation, and is not done here. */
  private static final Pattern UNUSED =
      Pattern.compile(".*(ImageProcessor|FeatureExtractor|SafetyChecker|Watermarker)");

  private static final Pattern WEIGHTS = Pattern.compile(".*\\.(safetensors|bin|ckpt|pt|pth)");

  private final Path folder;
  private final ComponentCheck check;
  private final Map<DType, Long> elements = new EnumMap<>(DType.class);
  private final Set<ModelStage> stages = EnumSet.noneOf(ModelStage.class);
  private final List<String> problems = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private ModelFolder model;
  private String kind = "";

  ModelInspector(Path folder, ComponentCheck check) {
    this.folder = folder;
    this.check = check;
  }

  /** Whether a file is named as weights are. */
  static boolean isWeights(Path file) {
    return Files.isRegularFile(file) && WEIGHTS.matcher(file.getFileName().toString()).matches();
  }

  ModelInspection inspect() {
    String name = folder.toAbsolutePath().normalize().getFileName().toString();
    if (!ModelCatalog.isName(name)) {
      addProblem(
          "requests cannot ask for a model of this name; letters, digits, '.', '_' and '-'"
              + " are expected, up to 128, the first a letter or digit");
    }
    if (Files.isRegularFile(folder)) {
      inspectSingleFile();
    } else if (Files.isRegularFile(folder.resolve(ModelFolder.INDEX))) {
      attempt(
          folder,
          () -> {
            model = ModelFolder.open(folder);
            inspectPipeline(model.pipeline());
            inspectSizes();
          });
      attempt(folder, this::inspectComponents);
      attempt(folder, this::inspectFit);
    } else {
      attempt(folder, () -> ModelFolder.open(folder));
      if (hasWeights()) {
        attempt(folder, () -> inspectWeights(folder));
      }
    }
    List<DType> precisions = new ArrayList<>(elements.keySet());
    precisions.sort(Comparator.comparing((DType type) -> -elements.get(type)));
    if (stages.contains(ModelStage.DENOISER)) {
      // It is the last stage that makes files of pictures, also of those that need nothing else.
      stages.add(ModelStage.UPSCALER);
    }
    return new ModelInspection(
        name,
        kind,
        elements.values().stream().mapToLong(Long::longValue).sum(),
        List.copyOf(precisions),
        List.copyOf(stages),
        List.copyOf(notes),
        List.copyOf(problems),
        Optional.ofNullable(model));
  }

  private void inspectSingleFile() {
    addProblem(
        "a single file; a model is a folder in diffusers' layout, which diffusers makes of"
            + " it with from_single_file and save_pretrained");
    attempt(folder, () -> inspectWeights(folder));
  }

  private boolean hasWeights() {
    try (Stream<Path> files = Files.list(folder)) {
      return files.anyMatch(ModelInspector::isWeights);
    } catch (IOException e) {
      addProblem("the folder cannot be listed: " + e.getMessage());
      return false;
    }
  }

  /** Kandinsky's two halves are published apart; a picture takes both. */
  private void inspectPipeline(PipelineClass pipeline) {
    if (pipeline == PipelineClass.KANDINSKY_DECODER && !hasBeside(PipelineClass.KANDINSKY_PRIOR)) {
      addProblem(
          "%s starts from picture embeddings, which a %s makes; put one beside it"
              .formatted(pipeline.className(), PipelineClass.KANDINSKY_PRIOR.className()));
    }
  }

  /** What the front door reads of a model to check and plan requests. */
  private void inspectSizes() {
    attempt(folder, model::samplingDefaults);
    attempt(folder, model::classifierClasses);
    if (model.pipeline().hasDenoiser()) {
      attempt(folder, model::sampleSize);
      attempt(folder, model::classes);
      attempt(folder, model::abilities);
    }
    if (model.pipeline().finish() == PipelineClass.Finish.SUPER_RESOLUTION) {
      attempt(folder, () -> model.config("super_res_first").integer("sample_size"));
      attempt(folder, () -> model.config("super_res_last").integer("sample_size"));
    }
  }

  /** How many tokens the text encoder beside a tokenizer knows; none if that cannot be read. */
  private OptionalLong tableOf(String tokenizer) {
    String encoder = tokenizer.replace("tokenizer", "text_encoder");
    if (model == null || !model.has(encoder)) {
      return OptionalLong.empty();
    }
    try {
      int size = model.config(encoder).integer("vocab_size", 0);
      return size > 0 ? OptionalLong.of(size) : OptionalLong.empty();
    } catch (InvalidConfigException e) {
      return OptionalLong.empty();
    }
  }

  private boolean hasBeside(PipelineClass pipeline) {
    try (Stream<Path> siblings = Files.list(folder.toAbsolutePath().normalize().getParent())) {
      return siblings
          .map(sibling -> sibling.resolve(ModelFolder.INDEX))
          .filter(Files::isRegularFile)
          .anyMatch(index -> isOf(pipeline, index));
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isOf(PipelineClass pipeline, Path index) {
    try {
      return PipelineClass.of(Config.read(index)) == pipeline;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private void inspectComponents() {
    Config index = Config.read(folder.resolve(ModelFolder.INDEX), ModelFolder.INDEX);
    kind = model == null ? String.join(", ", index.classNames()) : model.pipeline().className();
    index.asMap().forEach(this::inspectEntry);
    for (String name : ModelIndex.beside(folder, index::has)) {
      attempt(
          folder.resolve(name),
          () -> inspectEntry(name, List.of("", ModelIndex.classBeside(folder, name))));
    }
  }

  /** Whoever cannot be read has been told of before. */
  private void inspectFit() {
    if (model != null && problems.isEmpty()) {
      ComponentFit.problems(model).forEach(this::addProblem);
    }
  }

  private void inspectEntry(String name, Object value) {
    ModelIndex.classNamed(name, value)
        .filter(className -> !UNUSED.matcher(className).matches())
        .ifPresent(className -> inspectComponent(name, className));
  }

  private void inspectComponent(String name, String className) {
    if (isBeyondUs(name, className)) {
      notes.add(
          "%s: %s is a %s, which plays no part here".formatted(ModelFolder.INDEX, name, className));
      return;
    }
    if (!COMPONENT.matcher(name).matches()) {
      addProblem(
          ModelFolder.INDEX
              + ": \""
              + name
              + "\" is no component's name: letters, digits and _ are expected");
      return;
    }
    Path component = model == null ? folder.resolve(name) : model.component(name);
    if (className.endsWith("Scheduler")) {
      attempt(component, () -> inspectScheduler(name));
    } else if (className.contains("Tokenizer")) {
      attempt(component, () -> TokenizerFiles.check(component, name, tableOf(name)));
    } else {
      stages.add(stage(name, className));
      attempt(component, () -> inspectConfig(component, className));
      attempt(component, () -> inspectNetwork(component, className));
    }
  }

  /** What is added to a pipeline that does without is no reason not to serve it. */
  private boolean isBeyondUs(String name, String className) {
    return model != null
        && !model.pipeline().components().contains(name)
        && NetworkClass.find(className).isEmpty()
        && !className.endsWith("Scheduler")
        && !className.contains("Tokenizer");
  }

  private static ModelStage stage(String name, String className) {
    if (name.startsWith("super_res")) {
      return ModelStage.UPSCALER;
    }
    return NetworkClass.find(className).map(NetworkClass::stage).orElse(ModelStage.DENOISER);
  }

  /** A sampler that requests can replace is no reason not to serve a model. */
  private void inspectScheduler(String name) {
    if (model == null) {
      return;
    }
    SchedulerConfig scheduler = model.scheduler(name);
    try {
      Samplers.of(scheduler);
    } catch (IllegalArgumentException e) {
      String problem = name + "/scheduler_config.json: " + e.getMessage();
      if (!model.pipeline().samplesBy(name) || Samplers.replacing(scheduler).isEmpty()) {
        throw new IllegalArgumentException(problem, e);
      }
      notes.add(problem + "; requests must name a sampler in its place");
    }
  }

  private static void inspectConfig(Path component, String className) {
    NetworkClass.named(className, Config.read(component.resolve("config.json")).origin());
  }

  /** Reads headers only; a file that is shorter than its header says is found by that. */
  private void inspectWeights(Path component) {
    try (TensorSource weights = Checkpoints.open(component)) {
      for (String name : weights.names()) {
        TensorInfo info = weights.info(name);
        if (info.dtype().isFloat()) {
          elements.merge(info.dtype(), info.elements(), Long::sum);
        }
      }
    }
  }

  private void inspectNetwork(Path component, String className) {
    inspectWeights(component);
    Path config = component.resolve("config.json");
    if (NetworkClass.find(className).isPresent() && Files.isRegularFile(config)) {
      try (TensorSource weights = Checkpoints.open(component)) {
        check.check(className, Config.read(config), weights);
      }
    }
  }

  private void attempt(Path place, Runnable inspection) {
    try {
      inspection.run();
    } catch (IllegalArgumentException | UncheckedIOException e) {
      // Of networks, what their blocks object to does not say where.
      String part = place.getFileName().toString();
      addProblem(e.getMessage().contains(part) ? e.getMessage() : place + ": " + e.getMessage());
    } catch (RuntimeException e) {
      // A config can contradict itself in more ways than are looked for.
      addProblem(place + ": its files contradict themselves or each other");
    } catch (OutOfMemoryError | StackOverflowError e) {
      addProblem(place + ": its files ask for a network that is too large to be looked at");
    }
  }

  private void addProblem(String found) {
    String problem = Sentences.inside(folder, found);
    if (!problems.contains(problem)) {
      problems.add(problem);
    }
  }
}
