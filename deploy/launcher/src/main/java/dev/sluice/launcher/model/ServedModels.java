package dev.sluice.launcher.model;

import dev.sluice.catalog.ModelCatalog;
import dev.sluice.catalog.ModelInspection;
import dev.sluice.catalog.file.FileStamp;
import dev.sluice.launcher.console.StartReport;
import dev.sluice.networks.Architectures;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which models of a folder are served, and what is wrong with the others.
 *
 * @param served their names
 * @param leftOut what is wrong with each of the others, by name
 */
public record ServedModels(List<String> served, Map<String, List<String>> leftOut) {

  /**
   * Those of a folder.
   *
   * @param verdicts the file in which is kept what was found
   */
  public static ServedModels of(Path folder, Path verdicts) {
    List<Path> entries = new ModelCatalog(folder).entries();
    // Kandinsky's halves need each other.
    String beside = code() + entries;
    KnownVerdicts known = KnownVerdicts.read(verdicts);
    List<String> served = new ArrayList<>();
    Map<String, List<String>> leftOut = new LinkedHashMap<>();
    for (Path entry : entries) {
      String name = entry.getFileName().toString();
      List<String> problems =
          known.problems(entry, FileStamp.of(entry, 2) + beside, () -> look(entry));
      if (problems.isEmpty()) {
        served.add(name);
      } else {
        leftOut.put(name, problems);
      }
    }
    known.save();
    return new ServedModels(served, leftOut);
  }

  private static List<String> look(Path entry) {
    ModelInspection inspection = ModelInspection.of(entry, Architectures::check);
    List<String> problems = inspection.problems();
    return inspection.isServable() || !problems.isEmpty()
        ? problems
        : List.of("it cannot be served");
  }

  /** Which build of the checks it is. */
  private static String code() {
    try {
      Path code =
          Path.of(Architectures.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return Files.getLastModifiedTime(code).toString();
    } catch (IOException | URISyntaxException | RuntimeException e) {
      return "";
    }
  }

  /** Tells it in a line for those that are served and one for each that is not. */
  public void printTo(StartReport report) {
    report.tell(
        served.isEmpty() ? "there is no model to serve" : "serving " + String.join(", ", served));
    leftOut.forEach(
        (name, problems) ->
            report.tell("left out %s: %s".formatted(name, String.join("; ", problems))));
  }
}
