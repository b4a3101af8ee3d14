package dev.sluice.launcher.model;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import com.google.gson.reflect.TypeToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * What was found of models before, in a file. Looking at one builds the graphs of its networks,
 * which loads TensorFlow into this process and leaves it 300 MB larger than it need be; so a model
 * is looked at again only where something has changed.
 */
final class KnownVerdicts {

  private static final Gson GSON = new Gson();
  private static final TypeToken<Map<String, Verdict>> VERDICTS = new TypeToken<>() {};

  private final Path file;
  private final Map<String, Verdict> verdicts;
  private boolean changed;

  /**
   * @param stamp of all that it was found by
   * @param problems what is wrong; none for a model that can be served
   */
  private record Verdict(String stamp, List<String> problems) {}

  private KnownVerdicts(Path file, Map<String, Verdict> verdicts) {
    this.file = file;
    this.verdicts = verdicts;
  }

  /** Those in a file; none if it is not there, or is not understood. */
  static KnownVerdicts read(Path file) {
    Map<String, Verdict> verdicts = new TreeMap<>();
    try {
      Map<String, Verdict> read =
          GSON.fromJson(Files.readString(file, StandardCharsets.UTF_8), VERDICTS);
      read.forEach(
          (model, verdict) -> {
            if (verdict != null && verdict.stamp() != null && verdict.problems() != null) {
              verdicts.put(model, verdict);
            }
          });
    } catch (IOException | JsonParseException | NullPointerException e) {
      // They are found anew.
    }
    return new KnownVerdicts(file, verdicts);
  }

  /**
   * What is wrong with a model.
   *
   * @param stamp of its files and of whatever else decides
   * @param look finds it, where it is not known
   */
  List<String> problems(Path model, String stamp, Supplier<List<String>> look) {
    String key = model.toAbsolutePath().normalize().toString();
    Verdict known = verdicts.get(key);
    if (known == null || !known.stamp().equals(stamp)) {
      known = new Verdict(stamp, List.copyOf(look.get()));
      verdicts.put(key, known);
      changed = true;
    }
    return known.problems();
  }

  /** Writes what is new; where that cannot be, it is found anew next time. */
  void save() {
    if (!changed) {
      return;
    }
    try {
      Files.createDirectories(file.getParent());
      Path part = Files.createTempFile(file.getParent(), file.getFileName().toString(), ".part");
      Files.writeString(part, GSON.toJson(verdicts), StandardCharsets.UTF_8);
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      // It is a matter of time and memory only.
    }
  }
}
