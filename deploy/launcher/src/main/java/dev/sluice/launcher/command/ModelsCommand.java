package dev.sluice.launcher.command;

import dev.sluice.catalog.ModelCatalog;
import dev.sluice.catalog.ModelInspection;
import dev.sluice.launcher.console.JsonLines;
import dev.sluice.launcher.console.LaunchException;
import dev.sluice.launcher.instance.SluiceHome;
import dev.sluice.networks.Architectures;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sluice models}: what is in the model folder, and what of it can be served. */
@Command(
    name = "models",
    mixinStandardHelpOptions = true,
    description = "List the models, and what is wrong with those that cannot be served.",
    subcommands = AddModelCommand.class)
public final class ModelsCommand implements Callable<Integer> {

  private static final String NONE = "-";

  @Spec private CommandSpec spec;

  @Option(
      names = "--models",
      paramLabel = "DIR",
      description = "Folder that holds the model folders (default: the models that ship).")
  private Path folder;

  @Option(names = "--json", description = "A JSON object in a line for each, for programs.")
  private boolean json;

  @Override
  public Integer call() {
    Path models = folder == null ? SluiceHome.locate().models() : folder;
    if (!Files.isDirectory(models)) {
      throw new LaunchException(
          "There is no folder "
              + models.toAbsolutePath()
              + "; expected one that holds a folder for each model.");
    }
    ModelCatalog catalog = new ModelCatalog(models, Architectures::check);
    List<ModelInspection> inspections = catalog.inspect();
    if (json) {
      inspections.forEach(model -> print(JsonLines.line(object(model))));
      return 0;
    }
    if (inspections.isEmpty()) {
      print(models.toAbsolutePath() + " holds no models.");
      return 0;
    }
    int name = width(inspections.stream().map(ModelInspection::name).toList(), "model");
    int kind = width(inspections.stream().map(ModelsCommand::kind).toList(), "kind");
    String row = "%-" + name + "s  %-" + kind + "s  %10s  %-9s  %s";
    print(row.formatted("model", "kind", "parameters", "precision", "stages"));
    for (ModelInspection model : inspections) {
      print(
          row.formatted(
              model.name(),
              kind(model),
              parameters(model.parameters()),
              join(model.precisions()),
              join(model.stages())));
      if (!model.isServable()) {
        print("    cannot be served:");
        model.problems().forEach(problem -> print("    - " + problem));
      }
    }
    if (!catalog.loras().isEmpty()) {
      print("");
      print("LoRAs, to be added to a model by --lora: " + String.join(", ", catalog.loras()));
    }
    if (!catalog.unusableLoras().isEmpty()) {
      print("");
      print("LoRAs that cannot be added to any:");
      catalog.unusableLoras().forEach((lora, problem) -> print("    - " + lora + ": " + problem));
    }
    return 0;
  }

  private static Map<String, Object> object(ModelInspection model) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("name", model.name());
    object.put("kind", model.kind());
    object.put("parameters", model.parameters());
    object.put("precisions", model.precisions().stream().map(Object::toString).toList());
    object.put("stages", model.stages().stream().map(Object::toString).toList());
    object.put("servable", model.isServable());
    object.put("problems", model.problems());
    object.put("notes", model.notes());
    return object;
  }

  private void print(String line) {
    spec.commandLine().getOut().println(line.stripTrailing());
  }

  private static int width(List<String> values, String title) {
    return values.stream().mapToInt(String::length).reduce(title.length(), Math::max);
  }

  private static String kind(ModelInspection model) {
    return model.kind().isEmpty() ? NONE : model.kind();
  }

  private static String join(List<?> values) {
    return values.isEmpty()
        ? NONE
        : values.stream().map(Object::toString).collect(Collectors.joining(", "));
  }

  /** Three digits or so, with a unit: 859.5 M. */
  public static String parameters(long count) {
    if (count == 0) {
      return NONE;
    }
    if (count < 1_000) {
      return Long.toString(count);
    }
    double value = count;
    String unit = "";
    for (String next : new String[] {"k", "M", "G"}) {
      if (value >= 1_000) {
        value /= 1_000;
        unit = next;
      }
    }
    return String.format(Locale.ROOT, "%.1f %s", value, unit);
  }
}
