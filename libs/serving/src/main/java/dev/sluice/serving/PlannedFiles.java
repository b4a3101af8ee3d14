package dev.sluice.serving;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.sluice.catalog.ModelDigests;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.contract.v1.Recipe;
import dev.sluice.contract.v1.TaskHeader;
import dev.sluice.stage.work.InvalidTaskException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whether a stage has the weights that a picture's recipe names: its model may have been replaced
 * while the picture waited. Equal stamps say so at once; another machine's copies have other times,
 * and then the content is compared, once for each recipe's.
 */
final class PlannedFiles {

  /** What stands in front of the components of each model that takes part. */
  private static final List<String> PARTS = List.of("", "prior/", "refiner/");

  private final ModelDigests digests = new ModelDigests();

  /** Pairs of a planned stamp and a stamp here, of files with the same content. */
  private final Set<List<String>> same = ConcurrentHashMap.newKeySet();

  /**
   * Refuses a task whose picture was planned with other files.
   *
   * @param stamp of the files here
   * @throws InvalidTaskException if what they hold is not what the recipe names
   */
  void check(TaskHeader header, ModelFolder model, String stamp) {
    String planned = header.getModelStampsOrDefault(model.name(), "");
    if (planned.isEmpty()
        || planned.equals(stamp)
        || header.getRecipe().isEmpty()
        || same.contains(List.of(planned, stamp))) {
      return;
    }
    if (!isNamed(digests.of(model), components(header.getRecipe()))) {
      throw InvalidTaskException.inField(
          "model",
          "model %s was replaced after this picture was planned; ask for the picture again"
              .formatted(model.name()));
    }
    same.add(List.of(planned, stamp));
  }

  private static boolean isNamed(Map<String, String> found, Map<String, String> named) {
    return PARTS.stream()
        .anyMatch(
            part ->
                found.entrySet().stream()
                    .allMatch(
                        component ->
                            component.getValue().equals(named.get(part + component.getKey()))));
  }

  private static Map<String, String> components(String recipe) {
    Recipe.Builder read = Recipe.newBuilder();
    try {
      JsonFormat.parser().ignoringUnknownFields().merge(recipe, read);
    } catch (InvalidProtocolBufferException e) {
      throw InvalidTaskException.inField("header.recipe", "not a recipe: " + e.getMessage());
    }
    return read.getComponentsMap();
  }
}
