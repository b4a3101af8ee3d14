package dev.sluice.planning.plan;

import dev.sluice.contract.ImageId;
import dev.sluice.contract.v1.Accepted;
import dev.sluice.contract.v1.LabelledWork;
import dev.sluice.contract.v1.Recipe;
import dev.sluice.contract.v1.ResultFormat;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.TaskHeader;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.planning.feature.Interpolated;
import dev.sluice.planning.recipe.RecipeWriter;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * A request as it was understood: what every picture has in common, and the way they all go.
 *
 * @param header of picture 0, without its recipe; picture i differs in index, id and seed. What
 *     work it is part of is said by {@link #as}
 * @param recipe of all pictures; each has its own seed, or position
 * @param images how many pictures, 1 to 16
 * @param inputs what the first stage is given besides its parameters
 * @param route of picture 0: the stages, first to last; at least one
 * @param positions how far each picture is on the way from one embedding to another, all of them
 *     with the same seed; empty where there is no such way
 */
public record GenerationPlan(
    TaskHeader header,
    Recipe recipe,
    int images,
    Map<String, Tensor> inputs,
    List<RouteStep> route,
    List<Double> positions) {

  /** The same plan as a piece of work, which it becomes when it is accepted. */
  public GenerationPlan as(LabelledWork work) {
    TaskHeader.Builder named =
        header.toBuilder()
            .setWorkId(work.getWorkId())
            .setImageId(new ImageId(work.getWorkId(), 0).toString())
            .setCreatedAt(work.getCreatedAt());
    return new GenerationPlan(named.build(), recipe, images, inputs, route, positions);
  }

  /** The same plan without what the first stage is given, which may be large. */
  public GenerationPlan withoutInputs() {
    return new GenerationPlan(header, recipe, images, Map.of(), route, positions);
  }

  /** The same plan on another way. */
  public GenerationPlan withRoute(List<RouteStep> other) {
    return new GenerationPlan(header, recipe, images, inputs, other, positions);
  }

  public String workId() {
    return header.getWorkId();
  }

  /** The route of picture {@code index}. */
  public List<RouteStep> routeOf(int index) {
    return positions.isEmpty() ? route : Interpolated.at(positions.get(index), route);
  }

  /**
   * The header of picture {@code index}, which takes the request's seed plus its index, or the seed
   * itself if it differs in its position.
   */
  public TaskHeader headerOf(int index) {
    long seed = header.getSeed() + (positions.isEmpty() ? index : 0);
    OptionalDouble position =
        positions.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(positions.get(index));
    return header.toBuilder()
        .setImageId(workId() + "/" + index)
        .setImageIndex(index)
        .setSeed(seed)
        .setRecipe(RecipeWriter.json(recipe, seed, position))
        .build();
  }

  /** The same plan, with results in that format. */
  public GenerationPlan withResultFormat(ResultFormat format) {
    return new GenerationPlan(
        header.toBuilder().setResultFormat(format).build(),
        recipe,
        images,
        inputs,
        route,
        positions);
  }

  public Accepted accepted() {
    Accepted.Builder accepted =
        Accepted.newBuilder()
            .setN(images)
            .setSeed(header.getSeed())
            .setModel(header.getModel())
            .addAllWarnings(header.getWarningsList());
    route.forEach(step -> accepted.addStages(step.getStage()));
    return accepted.build();
  }
}
