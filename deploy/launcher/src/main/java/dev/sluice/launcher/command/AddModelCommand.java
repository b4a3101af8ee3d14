package dev.sluice.launcher.command;

import dev.sluice.catalog.ModelCatalog;
import dev.sluice.launcher.console.LaunchException;
import dev.sluice.launcher.instance.SluiceHome;
import dev.sluice.launcher.model.ModelReport;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice models add}: a model that lies elsewhere is checked and linked. */
@Command(
    name = "add",
    mixinStandardHelpOptions = true,
    description = {
      "Check a model that lies elsewhere and link it into the folder of models, where it is served by",
      "its name. Its files stay where they are."
    })
public final class AddModelCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FOLDER", description = "A model in the diffusers layout.")
  private Path model;

  @Option(
      names = "--models",
      paramLabel = "DIR",
      description = "Folder that holds the model folders (default: the models that ship).")
  private Path folder;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "What requests call it (default: the folder's name, as far as it can be one).")
  private String name;

  @Override
  public Integer call() {
    Path models = folder == null ? SluiceHome.locate().models() : folder;
    Path source = model.toAbsolutePath().normalize();
    if (!Files.isDirectory(source)) {
      throw new LaunchException("There is no folder " + source + "; a model is one.");
    }
    String called = name == null ? ModelCatalog.nameFor(source) : name;
    if (!ModelCatalog.isName(called)) {
      throw new LaunchException(
          "'%s' cannot be a model's name: letters, digits, dots, dashes and underscores can."
              .formatted(called));
    }
    ModelReport.of(List.of(source)).requireServable();
    try {
      Files.createDirectories(models);
      Files.createSymbolicLink(models.resolve(called), source);
    } catch (FileAlreadyExistsException e) {
      throw new LaunchException(
          "There is a model %s in %s already; give this one another --name."
              .formatted(called, models),
          e);
    } catch (IOException e) {
      throw new LaunchException("The model cannot be linked in " + models + ": " + e, e);
    }
    spec.commandLine()
        .getOut()
        .printf("%s  is linked to %s%n", models.toAbsolutePath().resolve(called), source);
    return 0;
  }
}
