package dev.sluice.catalog;

import dev.sluice.catalog.file.FileStamp;
import dev.sluice.catalog.file.PlainName;
import dev.sluice.catalog.lora.AdaptedName;
import dev.sluice.catalog.lora.LoraLibrary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A folder of model folders; a model goes by its folder's name. */
public final class ModelCatalog {

  private final Path root;
  private final Predicate<String> offered;
  private final ComponentCheck check;
  private final Map<Path, Known> known = new ConcurrentHashMap<>();
  private final AdaptedModels adapted;

  /**
   * A catalog of the folders that lie directly under one.
   *
   * @param check what is looked for in components beyond what files tell by themselves
   */
  public ModelCatalog(Path root, ComponentCheck check) {
    this(root, name -> true, check);
  }

  /**
   * The same, of some of the folders only.
   *
   * @param offered whether a model of that name is one of them
   */
  public ModelCatalog(Path root, Predicate<String> offered, ComponentCheck check) {
    this.root = root;
    this.offered = offered;
    this.check = check;
    this.adapted = new AdaptedModels(new LoraLibrary(root));
  }

  /**
   * What a model is called that lies anywhere: a folder can have any name, and one in requests
   * cannot.
   */
  public static String nameFor(Path folder) {
    String own = folder.getFileName() == null ? "" : folder.getFileName().toString();
    if (isName(own)) {
      return own;
    }
    String name = own.replaceAll("[^A-Za-z0-9._-]+", "-").replaceAll("^[._-]+", "");
    return name.isEmpty() ? "model" : name.substring(0, Math.min(name.length(), PlainName.LONGEST));
  }

  /** For those who run no networks. */
  public ModelCatalog(Path root) {
    this(root, ComponentCheck.NONE);
  }

  /** The names of everything that has a {@code model_index.json}, sorted. */
  public List<String> names() {
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(root)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(this::isModel)
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(root + " cannot be listed: " + e.getMessage(), e);
    }
  }

  /**
   * Every model here, sorted by name, without loading it; also folders and weights that look as if
   * they were meant to be models, with what keeps them from being served.
   */
  public List<ModelInspection> inspect() {
    return entries().stream().map(this::inspect).toList();
  }

  /** What is a model here, or looks as if it were meant to be one, sorted. */
  public List<Path> entries() {
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(root)) {
      return entries
          .filter(entry -> !entry.getFileName().toString().startsWith("."))
          .filter(entry -> offered.test(entry.getFileName().toString()))
          .filter(entry -> Files.isDirectory(entry) || ModelInspector.isWeights(entry))
          .filter(entry -> !entry.getFileName().toString().equals(LoraLibrary.FOLDER))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(root + " cannot be listed: " + e.getMessage(), e);
    }
  }

  /**
   * Opens a model that can be served.
   *
   * @param name as a request gives it: of a folder right here, perhaps with LoRAs that are added
   *     ({@link AdaptedName}); anything else finds nothing
   * @throws UnknownModelException if there is none, or no such LoRA
   * @throws UnusableModelException if it cannot be served, with all that is wrong
   */
  public ModelFolder open(String name) {
    return AdaptedName.isAdapted(name)
        ? adapted.open(name, openOwn(AdaptedName.modelOf(name)))
        : openOwn(name);
  }

  private ModelFolder openOwn(String name) {
    if (!isModel(name) && !isMeantAsOne(name)) {
      throw new UnknownModelException(
          "there is no model \"%s\"; there are: %s".formatted(name, String.join(", ", names())));
    }
    ModelInspection inspection = inspect(root.resolve(name));
    return inspection
        .model()
        .filter(model -> inspection.isServable())
        .orElseThrow(() -> new UnusableModelException(name, inspection.problems(), null));
  }

  /** The LoRAs that can be added to models, by name, sorted. */
  public List<String> loras() {
    return adapted.names();
  }

  /** What is wrong with LoRAs that cannot be added to any, by name, sorted. */
  public Map<String, String> unusableLoras() {
    return adapted.unusable();
  }

  /** When a model's index was written; empty if there is no such model. */
  public Optional<Instant> created(String name) {
    if (!isModel(name)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          Files.getLastModifiedTime(root.resolve(name).resolve(ModelFolder.INDEX)).toInstant());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Looks again only where files have changed. */
  private ModelInspection inspect(Path entry) {
    String stamp = FileStamp.of(entry, 2);
    Known before = known.get(entry);
    if (before != null && before.stamp().equals(stamp)) {
      return before.inspection();
    }
    ModelInspection inspection = ModelInspection.of(entry, check);
    // Reading ends with an error then, which says nothing of the files.
    if (!Thread.currentThread().isInterrupted()) {
      known.put(entry, new Known(stamp, inspection));
    }
    return inspection;
  }

  private record Known(String stamp, ModelInspection inspection) {}

  /** Whether a model can go by that name. */
  public static boolean isName(String name) {
    return PlainName.is(name);
  }

  /** The models that can be opened, sorted by name. */
  public List<ModelFolder> models() {
    return names().stream().flatMap(name -> find(name).stream()).toList();
  }

  private Optional<ModelFolder> find(String name) {
    try {
      return Optional.of(open(name));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Whether something of that name lies here that {@link #inspect()} tells of. */
  private boolean isMeantAsOne(String name) {
    if (!isName(name) || !offered.test(name)) {
      return false;
    }
    Path entry = root.resolve(name);
    try (Stream<Path> files = Files.isDirectory(entry) ? Files.list(entry) : Stream.empty()) {
      return ModelInspector.isWeights(entry) || files.findAny().isPresent();
    } catch (IOException e) {
      return true;
    }
  }

  private boolean isModel(String name) {
    return isName(name)
        && offered.test(name)
        && Files.isRegularFile(root.resolve(name).resolve(ModelFolder.INDEX));
  }
}
