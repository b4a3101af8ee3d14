package dev.sluice.launcher.model;

import dev.sluice.catalog.ModelCatalog;
import dev.sluice.catalog.lora.AdaptedName;
import dev.sluice.launcher.console.LaunchException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A LoRA that a command adds to a model.
 *
 * @param use its name and weight, as a request says them
 * @param file where it lies, if it was given as a file
 */
public record GivenLora(AdaptedName.Use use, Optional<Path> file) {

  private static final String SUFFIX = ".safetensors";
  private static final Pattern WEIGHTED = Pattern.compile("(.+):(-?[0-9.]+)");

  /** Names that trainers give, which say nothing; the folder's does. */
  private static final Pattern NAMELESS =
      Pattern.compile("(pytorch_lora_weights|adapter_model)\\.safetensors");

  /**
   * Understands {@code --lora}: what is a file, or has its ending or a slash, is meant as one;
   * anything else is a name.
   *
   * @throws LaunchException if it is neither, or the file is not there
   */
  public static GivenLora of(String text) {
    Matcher weighted = WEIGHTED.matcher(text);
    String which = weighted.matches() ? weighted.group(1) : text;
    String weight = weighted.matches() ? ":" + weighted.group(2) : "";
    Path path = Path.of(which);
    try {
      if (!which.endsWith(SUFFIX) && !which.contains("/") && !Files.isRegularFile(path)) {
        return new GivenLora(AdaptedName.Use.parse(text), Optional.empty());
      }
      Path file = path.toAbsolutePath().normalize();
      if (!Files.isRegularFile(file)) {
        throw new LaunchException(
            "There is no file " + file + "; expected a LoRA in a .safetensors file.");
      }
      return new GivenLora(AdaptedName.Use.parse(nameOf(file) + weight), Optional.of(file));
    } catch (IllegalArgumentException e) {
      throw new LaunchException("--lora: " + e.getMessage() + ".");
    }
  }

  private static String nameOf(Path file) {
    String name = file.getFileName().toString();
    if (NAMELESS.matcher(name).matches()) {
      return ModelCatalog.nameFor(file.getParent());
    }
    return ModelCatalog.nameFor(
        Path.of(name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name));
  }
}
