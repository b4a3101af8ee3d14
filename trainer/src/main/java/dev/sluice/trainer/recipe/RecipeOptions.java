package dev.sluice.trainer.recipe;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The options of a command by which values of a shipped recipe are changed. */
public final class RecipeOptions {

  @Option(
      names = "--config",
      paramLabel = "FILE.yaml",
      description = "Values in place of the recipe's; keys that it does not have are refused.")
  private List<Path> configs = new ArrayList<>();

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "One value in place of the recipe's; given again, one more.")
  private List<String> settings = new ArrayList<>();

  /**
   * A recipe with what was asked for: files in their order, then single values.
   *
   * @throws RecipeException as {@link RecipeFile#with} does
   */
  public Recipe applied(Recipe shipped) {
    Recipe recipe = shipped;
    for (Path config : configs) {
      recipe = RecipeFile.with(recipe, config);
    }
    for (String setting : settings) {
      recipe = RecipeFile.with(recipe, setting);
    }
    return recipe;
  }
}
