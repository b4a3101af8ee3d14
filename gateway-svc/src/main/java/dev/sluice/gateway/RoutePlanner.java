package dev.sluice.gateway;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Model;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.TaskHeader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.CRC32;

/**
 * Decides, from a request and the model's own files, which stages make its pictures and with what
 * parameters. Whatever is wrong with a request is found here, before any work is done.
 */
final class RoutePlanner {

  /** By {@code _class_name} of {@code model_index.json}; a further kind of model is one entry. */
  private static final Map<String, PipelinePlanner> PLANNERS =
      Map.of("UnCLIPPipeline", new UnclipPlanner());

  private static final int LONGEST_NAME_SHOWN = 128;

  private final ModelCatalog catalog;
  private final String defaultModel;
  private final RecipeWriter recipes;

  RoutePlanner(ModelCatalog catalog, String defaultModel, RecipeWriter recipes) {
    this.catalog = catalog;
    this.defaultModel = defaultModel;
    this.recipes = recipes;
  }

  /**
   * Plans a request that was accepted at {@code now}.
   *
   * @throws RequestException when the request is not valid or its model is not there
   */
  GenerationPlan plan(GenerationRequest request, Timestamp now) {
    RequestChecks.check(request);
    ModelFolder model = model(request.getModel());
    PipelinePlanner planner = planner(model);
    int upscalers = planner.upscalers(model);
    if (request.getUpscalerCount() > upscalers) {
      throw RequestException.invalid(
          "upscaler",
          "There are settings for %d enlargements; model %s makes %d."
              .formatted(request.getUpscalerCount(), model.name(), upscalers));
    }
    List<RouteStep> route = planner.route(model, request);

    String id =
        request.getRequestId().isEmpty() ? UUID.randomUUID().toString() : request.getRequestId();
    TaskHeader.Builder header =
        TaskHeader.newBuilder()
            .setRequestId(id)
            .setImageId(id + "/0")
            .setModel(model.name())
            .setSeed(request.hasSeed() ? request.getSeed() : seedOf(id))
            .setCreatedAt(now)
            .setPreviewEverySteps(request.getPreviewEverySteps());
    if (request.hasTimeout()) {
      header.setDeadline(Timestamps.add(now, request.getTimeout()));
    }
    header.setRecipe(
        recipes.write(
            request, model, size(request, planner.naturalSize(model)), header.build(), route));
    return new GenerationPlan(header.build(), Math.max(1, request.getN()), route);
  }

  private static ImageSize size(GenerationRequest request, ImageSize natural) {
    return new ImageSize(
        request.getWidth() == 0 ? natural.width() : request.getWidth(),
        request.getHeight() == 0 ? natural.height() : request.getHeight());
  }

  /** Every model that can be served. */
  List<Model> models() {
    return catalog.list().stream()
        .filter(model -> PLANNERS.containsKey(model.pipelineClass()))
        .map(RoutePlanner::describe)
        .toList();
  }

  private static Model describe(ModelFolder folder) {
    PipelinePlanner planner = PLANNERS.get(folder.pipelineClass());
    ImageSize size = planner.naturalSize(folder);
    Model.Builder model =
        Model.newBuilder()
            .setName(folder.name())
            .setPipeline(folder.pipelineClass())
            .setWidth(size.width())
            .setHeight(size.height());
    planner
        .route(folder, GenerationRequest.getDefaultInstance())
        .forEach(step -> model.addStages(step.getStage()));
    return model.build();
  }

  private ModelFolder model(String name) {
    String wanted = name.isEmpty() ? defaultModel : name;
    return catalog
        .find(wanted)
        .orElseThrow(
            () ->
                RequestException.modelNotFound(
                    "There is no model '%s'; there are: %s."
                        .formatted(
                            abbreviated(wanted),
                            String.join(
                                ", ", catalog.list().stream().map(ModelFolder::name).toList()))));
  }

  private static String abbreviated(String name) {
    return name.length() <= LONGEST_NAME_SHOWN ? name : name.substring(0, LONGEST_NAME_SHOWN) + "…";
  }

  private static PipelinePlanner planner(ModelFolder model) {
    PipelinePlanner planner = PLANNERS.get(model.pipelineClass());
    if (planner == null) {
      throw RequestException.invalid(
          "model",
          "Model %s is a %s, which is not served; these are: %s."
              .formatted(
                  model.name(),
                  model.pipelineClass(),
                  String.join(", ", PLANNERS.keySet().stream().sorted().toList())));
    }
    return planner;
  }

  /**
   * The seed of a request that gives none: a function of its id, so that a request planned twice,
   * as happens when its record is delivered again, makes the same pictures. Below 2^32, which every
   * JSON reader keeps exactly.
   */
  private static long seedOf(String requestId) {
    CRC32 crc = new CRC32();
    crc.update(requestId.getBytes(StandardCharsets.UTF_8));
    return crc.getValue();
  }
}
