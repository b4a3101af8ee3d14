package dev.sluice.safetensors;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds the weights in a component's folder, by the file names that diffusers and transformers use:
 * {@code diffusion_pytorch_model} or {@code model}, in one {@code .safetensors} file or in shards
 * with an index, with or without a variant such as {@code fp16}. A variant is written before the
 * suffix, and in indices before or after {@code index}, as both libraries have done.
 *
 * <p>Of several, the full weights are taken; else the variant {@code fp32}, {@code fp16}, {@code
 * bf16} or {@code ema}, in this order; else another by its name, {@code non_ema} last. Of one
 * variant, a single file is taken before shards.
 */
public final class Checkpoints {

  private static final Pattern NAME =
      Pattern.compile(
          "(?<stem>diffusion_pytorch_model|model)"
              + "(?:\\.(?<variant>\\w[\\w-]*))??"
              + "(?:\\.safetensors"
              + "|(?<index>\\.safetensors(?:\\.(?<before>\\w[\\w-]*))??\\.index"
              + "(?:\\.(?<after>\\w[\\w-]*))?\\.json))",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern SHARD =
      Pattern.compile(".*-\\d+-of-\\d+(\\..*)?\\.safetensors", Pattern.CASE_INSENSITIVE);

  /** What weights are never named. */
  private static final Pattern ASIDE =
      Pattern.compile("\\..*|.*\\.(json|txt|md|xml|py)", Pattern.CASE_INSENSITIVE);

  private static final int MOST_TOLD = 3;

  private static final List<String> PREFERRED = List.of("", "fp32", "fp16", "bf16", "ema");
  private static final String LAST = "non_ema";

  /** A file that can be opened as a checkpoint. */
  private record Candidate(Path file, String stem, String variant, boolean index) {

    static Optional<Candidate> of(Path file) {
      Matcher name = NAME.matcher(file.getFileName().toString());
      if (!name.matches() || SHARD.matcher(file.getFileName().toString()).matches()) {
        return Optional.empty();
      }
      String variant =
          Stream.of("variant", "before", "after")
              .map(name::group)
              .filter(Objects::nonNull)
              .findFirst()
              .orElse("");
      return Optional.of(
          new Candidate(file, name.group("stem"), variant, name.group("index") != null));
    }

    int rank() {
      int preferred = PREFERRED.indexOf(variant);
      return preferred >= 0 ? preferred : PREFERRED.size() + (variant.equals(LAST) ? 1 : 0);
    }
  }

  private Checkpoints() {}

  /**
   * Opens a folder's weights.
   *
   * @param folder a component's folder, or one {@code .safetensors} or index file itself
   * @throws SafetensorsException if there are none, if there is only a pickle file, or if they are
   *     malformed
   */
  public static TensorSource open(Path folder) {
    return open(folder, null);
  }

  /**
   * Opens a folder's weights in a variant. As in diffusers, a variant is a preference: a component
   * that was published without it is opened in its only precision.
   *
   * @param folder a component's folder, or one {@code .safetensors} or index file itself
   * @param variant for example {@code fp16}; null for the plain files
   * @throws SafetensorsException if there are none, if there is only a pickle file, or if they are
   *     malformed
   */
  public static TensorSource open(Path folder, String variant) {
    if (variant != null && !variant.matches("\\w[\\w-]*")) {
      throw new SafetensorsException(
          "expected a variant such as fp16, found \"" + variant + "\" for " + FileLabel.of(folder));
    }
    if (!Files.exists(folder)) {
      throw SafetensorsException.of(folder, "no such file or folder");
    }
    if (!Files.isDirectory(folder)) {
      return openFile(folder);
    }
    return find(folder, variant).map(Checkpoints::openFile).orElseThrow(() -> nothingIn(folder));
  }

  /**
   * The file that {@link #open(Path, String)} would open for a folder: a safetensors file or an
   * index.
   */
  public static Optional<Path> find(Path folder, String variant) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(Files::isRegularFile)
          .flatMap(file -> Candidate.of(file).stream())
          .min(
              Comparator.comparing((Candidate found) -> !found.variant().equals(variant))
                  .thenComparing(Candidate::rank)
                  .thenComparing(Candidate::variant)
                  .thenComparing(Candidate::stem)
                  .thenComparing(Candidate::index)
                  .thenComparing(Candidate::file))
          .map(Candidate::file);
    } catch (IOException e) {
      throw SafetensorsException.of(folder, "could not be listed: " + e.getMessage(), e);
    }
  }

  private static TensorSource openFile(Path file) {
    Pickle.refuse(file);
    return file.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(".json")
        ? ShardedTensors.open(file)
        : SafetensorsFile.open(file);
  }

  private static SafetensorsException nothingIn(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> all = files.sorted().toList();
      if (all.stream().anyMatch(file -> SHARD.matcher(file.getFileName().toString()).matches())) {
        return SafetensorsException.of(
            folder,
            "there are shards, and no index that says which tensor is in which; fetch the"
                + " .safetensors.index.json too");
      }
      all.stream().filter(Pickle::isPickle).findFirst().ifPresent(Pickle::refuse);
      return SafetensorsException.of(
          folder,
          "no weights here; expected diffusion_pytorch_model.safetensors or model.safetensors, or"
              + " their .safetensors.index.json"
              + others(all));
    } catch (IOException e) {
      return SafetensorsException.of(folder, "could not be listed: " + FileLabel.reason(e), e);
    }
  }

  /** What lies there instead, as the end of a sentence. */
  private static String others(List<Path> files) {
    List<String> others =
        files.stream()
            .filter(file -> !ASIDE.matcher(file.getFileName().toString()).matches())
            .limit(MOST_TOLD)
            .map(
                file ->
                    file.getFileName()
                        + (Files.isDirectory(file)
                            ? ", a folder"
                            : Files.exists(file) ? "" : ", a link that leads nowhere"))
            .toList();
    return others.isEmpty() ? "" : "; found: " + String.join("; ", others);
  }
}
