package dev.sluice.catalog.lora;

import dev.sluice.catalog.file.FileStamp;
import dev.sluice.catalog.file.PlainName;
import dev.sluice.catalog.file.Sentences;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The LoRAs that lie in the folder {@code loras} beside models: {@code NAME.safetensors}, or a
 * folder NAME with the one file that diffusers and PEFT write.
 */
public final class LoraLibrary {

  /** The folder among those of models. */
  public static final String FOLDER = "loras";

  private static final String SUFFIX = ".safetensors";

  private static final List<String> IN_FOLDERS =
      List.of("pytorch_lora_weights.safetensors", "adapter_model.safetensors");

  /** Weights as they are shared. */
  private static final Pattern WEIGHTS =
      Pattern.compile(".*\\.(safetensors|pt|pth|ckpt|bin)", Pattern.CASE_INSENSITIVE);

  private static final String NONE =
      "is no LoRA: here lie NAME.safetensors, or a folder NAME with "
          + String.join(" or ", IN_FOLDERS);

  private static final String UNASKABLE =
      "requests cannot ask for a LoRA of this name; letters, digits, '.', '_' and '-' are"
          + " expected, up to 128, the first a letter or digit";

  private final Path folder;

  private final Map<Path, Known> known = new ConcurrentHashMap<>();

  private record Known(String stamp, String problem) {}

  /** Those beside the models in {@code models}. */
  public LoraLibrary(Path models) {
    this.folder = models.resolve(FOLDER);
  }

  /** The file of a LoRA; empty if there is none of that name. */
  public Optional<Path> find(String name) {
    if (!PlainName.is(name)) {
      return Optional.empty();
    }
    return Stream.concat(
            Stream.of(folder.resolve(name + SUFFIX)),
            IN_FOLDERS.stream().map(file -> folder.resolve(name).resolve(file)))
        .filter(Files::isRegularFile)
        .findFirst();
  }

  /** The names of those that can be added to a model that they fit, sorted. */
  public List<String> names() {
    return all().entrySet().stream()
        .filter(lora -> lora.getValue().isEmpty())
        .map(Map.Entry::getKey)
        .toList();
  }

  /** What is wrong with the others, by name, sorted. */
  public Map<String, String> unusable() {
    Map<String, String> unusable = all();
    unusable.values().removeIf(String::isEmpty);
    return unusable;
  }

  /** What is wrong with each; empty where nothing is. */
  private Map<String, String> all() {
    Map<String, String> all = new TreeMap<>();
    if (!Files.isDirectory(folder)) {
      return all;
    }
    try (Stream<Path> entries = Files.list(folder)) {
      entries
          .filter(entry -> !entry.getFileName().toString().startsWith("."))
          .filter(entry -> Files.isDirectory(entry) || WEIGHTS.matcher(entry.toString()).matches())
          .forEach(
              entry -> {
                String name = nameOf(entry.getFileName().toString());
                all.put(name, problem(entry, name));
              });
    } catch (IOException e) {
      // Requests that name one are told.
    }
    return all;
  }

  private String problem(Path entry, String name) {
    if (!PlainName.is(name)) {
      return UNASKABLE;
    }
    return find(name)
        .map(this::problem)
        .orElse(Files.exists(entry) ? NONE : "is a link to a file that is not there");
  }

  /** Looks again only where the file has changed. */
  private String problem(Path file) {
    String stamp = FileStamp.of(file, 1);
    Known before = known.get(file);
    if (before == null || !before.stamp().equals(stamp)) {
      before = new Known(stamp, look(file));
      known.put(file, before);
    }
    return before.problem();
  }

  private static String look(Path file) {
    try (LoraFile lora = LoraFile.open(file)) {
      return "";
    } catch (RuntimeException e) {
      return Sentences.inside(file.getParent(), e.getMessage());
    }
  }

  private static String nameOf(String entry) {
    return entry.endsWith(SUFFIX) ? entry.substring(0, entry.length() - SUFFIX.length()) : entry;
  }
}
