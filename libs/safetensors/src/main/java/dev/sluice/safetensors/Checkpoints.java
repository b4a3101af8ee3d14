package dev.sluice.safetensors;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds the weights in a component's folder, by the file names that diffusers and transformers use:
 * {@code diffusion_pytorch_model} or {@code model}, in one {@code .safetensors} file or in shards
 * with an index, with or without a variant such as {@code fp16}.
 */
public final class Checkpoints {

  private static final List<String> STEMS = List.of("diffusion_pytorch_model", "model");
  private static final String HALF = "fp16";

  private Checkpoints() {}

  /**
   * Opens a folder's weights; the {@code fp16} variant if that is all there is.
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
    List<String> candidates = new ArrayList<>();
    if (variant != null) {
      addNames(candidates, variant);
    }
    addNames(candidates, null);
    if (variant == null) {
      addNames(candidates, HALF);
    }
    return candidates.stream().map(folder::resolve).filter(Files::isRegularFile).findFirst();
  }

  private static void addNames(List<String> names, String variant) {
    String infix = variant == null ? "" : "." + variant;
    for (String stem : STEMS) {
      names.add(stem + infix + ".safetensors");
      names.add(stem + ".safetensors.index" + infix + ".json");
      if (variant != null) {
        names.add(stem + infix + ".safetensors.index.json");
      }
    }
  }

  private static TensorSource openFile(Path file) {
    Pickle.refuse(file);
    return file.getFileName().toString().endsWith(".json")
        ? ShardedTensors.open(file)
        : SafetensorsFile.open(file);
  }

  private static SafetensorsException nothingIn(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      files.filter(Pickle::isPickle).sorted().findFirst().ifPresent(Pickle::refuse);
    } catch (IOException e) {
      return SafetensorsException.of(folder, "could not be listed: " + FileLabel.reason(e), e);
    }
    return SafetensorsException.of(
        folder,
        "no weights here; expected diffusion_pytorch_model.safetensors or model.safetensors, or"
            + " their .safetensors.index.json");
  }
}
