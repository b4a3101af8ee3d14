package dev.sluice.gateway;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.sluice.contract.Tensors;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Model;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.TaskHeader;
import dev.sluice.contract.v1.Tensor;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32;

/**
 * Decides, from a request and the model's own files, which stages make its pictures and with what
 * parameters. Whatever is wrong with a request is found here, before any work is done.
 */
final class RoutePlanner {

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
    checkSubject(model, planner, request);
    Interpolations.check(model, planner, request);
    Inversion.check(model, planner, request);
    checkVariation(model, planner, request);
    checkCandidates(model, planner, request);
    checkClipGuidance(model, planner, request);
    if (!request.getMask().isEmpty() && !planner.takesMask()) {
      throw RequestException.invalid(
          "mask", "Model %s does not paint into pictures; leave it out.".formatted(model.name()));
    }
    int upscalers = planner.upscalers(model);
    if (request.getUpscalerCount() > upscalers) {
      throw RequestException.invalid(
          "upscaler",
          "There are settings for %d enlargements; model %s makes %d."
              .formatted(request.getUpscalerCount(), model.name(), upscalers));
    }
    Optional<Refinement> refinement = refinement(model, request);
    Optional<PriorChoice> prior = prior(model, planner, request);
    List<RouteStep> own = Interpolations.towardsSeed(request, planner.route(model, request));
    List<RouteStep> alone = prior.map(choice -> choice.assign(own, model)).orElse(own);
    List<RouteStep> route = refinement.map(second -> second.extend(alone, request)).orElse(alone);

    String id =
        request.getRequestId().isEmpty() ? UUID.randomUUID().toString() : request.getRequestId();
    TaskHeader.Builder header =
        TaskHeader.newBuilder()
            .setRequestId(id)
            .setImageId(id + "/0")
            .setModel(model.name())
            .setSeed(request.hasSeed() ? request.getSeed() : seedOf(id))
            .setCreatedAt(now)
            .setTenant(request.getTenant())
            .setPreviewEverySteps(request.getPreviewEverySteps());
    if (request.hasTimeout()) {
      header.setDeadline(Timestamps.add(now, request.getTimeout()));
    }
    header.setRecipe(
        recipes.write(
            request,
            model,
            helpers(prior, refinement),
            RequestedSize.of(request, planner.naturalSize(model)),
            header.build(),
            route));
    return new GenerationPlan(
        header.build(),
        Math.max(1, request.getN()),
        inputs(request),
        route,
        Interpolations.positions(request));
  }

  /** The other models that take part, by what they do. */
  private static Map<String, ModelFolder> helpers(
      Optional<PriorChoice> prior, Optional<Refinement> refinement) {
    Map<String, ModelFolder> helpers = new LinkedHashMap<>();
    prior.ifPresent(choice -> helpers.put("prior", choice.prior()));
    refinement.ifPresent(second -> helpers.put("refiner", second.model()));
    return helpers;
  }

  private Optional<PriorChoice> prior(
      ModelFolder model, PipelinePlanner planner, GenerationRequest request) {
    if (planner.needsPrior()) {
      return Optional.of(PriorChoice.of(catalog, model, request.getPriorModel()));
    }
    if (!request.getPriorModel().isEmpty()) {
      throw RequestException.invalid(
          "prior_model",
          "Model %s needs no other model's prior; leave it out.".formatted(model.name()));
    }
    return Optional.empty();
  }

  private static void checkVariation(
      ModelFolder model, PipelinePlanner planner, GenerationRequest request) {
    boolean possible = planner.takesVariation(model);
    if (request.getVariation() && !possible) {
      throw RequestException.invalid(
          "variation",
          "Model %s makes no variations; use one that starts from picture embeddings."
              .formatted(model.name()));
    }
    boolean varies = planner.isForVariations() || request.getVariation();
    if (varies && request.getImage().isEmpty()) {
      throw RequestException.invalid("image", "A variation needs a picture; give one.");
    }
    if (possible
        && !varies
        && !Interpolations.isBetweenEmbeddings(request)
        && !request.getImage().isEmpty()) {
      throw RequestException.invalid(
          "image",
          "Model %s does nothing with a picture but variations and interpolations; ask for one, or leave it out."
              .formatted(model.name()));
    }
  }

  private static void checkCandidates(
      ModelFolder model, PipelinePlanner planner, GenerationRequest request) {
    if (request.getPriorCandidates() > 1
        && (!planner.samplesEmbeddings() || request.getVariation() || isBetweenImages(request))) {
      throw RequestException.invalid(
          "prior_candidates",
          "Model %s samples no picture embedding for this; leave the number of candidates out."
              .formatted(model.name()));
    }
  }

  private static boolean isBetweenImages(GenerationRequest request) {
    return !request.getInterpolation().hasPrompt() && !request.getImage().isEmpty();
  }

  private Optional<Refinement> refinement(ModelFolder first, GenerationRequest request) {
    if (!request.getRefinerModel().isEmpty()) {
      return Optional.of(Refinement.of(first, model(request.getRefinerModel()), request));
    }
    if (request.hasRefinerStart() || request.hasRefiner()) {
      throw RequestException.invalid(
          "refiner_model", "There are settings of a refiner; say which model that is.");
    }
    return Optional.empty();
  }

  /** What the picture is to show is said in the way that the model understands. */
  private static void checkSubject(
      ModelFolder model, PipelinePlanner planner, GenerationRequest request) {
    int classes = classes(model, planner, request);
    boolean varies = planner.isForVariations() || request.getVariation();
    boolean walks = Interpolations.isBetweenEmbeddings(request) && !request.getImage().isEmpty();
    if (planner.takesText() && !varies && !walks && request.getPrompt().isBlank()) {
      throw RequestException.invalid("prompt", "The prompt is empty; say what the picture shows.");
    }
    if (!planner.takesText() && !request.getPrompt().isEmpty()) {
      throw RequestException.invalid(
          "prompt", "Model %s understands no words; leave the prompt out.".formatted(model.name()));
    }
    if (classes > 0 && !request.hasClassLabel()) {
      throw RequestException.invalid(
          "class_label",
          "Model %s shows classes of things; give one from 0 to %d."
              .formatted(model.name(), classes - 1));
    }
    if (request.hasClassLabel() && Integer.compareUnsigned(request.getClassLabel(), classes) >= 0) {
      throw RequestException.invalid(
          "class_label",
          classes == 0
              ? "Model %s knows no classes; leave the class label out.".formatted(model.name())
              : "The class label is %s; model %s knows 0 to %d."
                  .formatted(
                      Integer.toUnsignedString(request.getClassLabel()),
                      model.name(),
                      classes - 1));
    }
  }

  /** How many classes a request may choose from; 0 if it has no use for one. */
  private static int classes(
      ModelFolder model, PipelinePlanner planner, GenerationRequest request) {
    int own = planner.classes(model);
    if (!(request.getDenoiser().getClassifierScale() > 0)) {
      return own;
    }
    int judged = model.classifierClasses();
    if (judged == 0) {
      throw RequestException.invalid(
          "denoiser.classifier_scale",
          "Model %s has no classifier beside it; leave the scale out.".formatted(model.name()));
    }
    return own == 0 ? judged : Math.min(own, judged);
  }

  private static void checkClipGuidance(
      ModelFolder model, PipelinePlanner planner, GenerationRequest request) {
    if (request.getDenoiser().getClipScale() > 0 && !planner.takesClipGuidance(model)) {
      throw RequestException.invalid(
          "denoiser.clip_scale",
          "Model %s has no CLIP that could judge its pictures; leave the scale out."
              .formatted(model.name()));
    }
  }

  /** What the first stage is given besides its parameters. */
  private static Map<String, Tensor> inputs(GenerationRequest request) {
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    if (request.hasClassLabel()) {
      inputs.put("class_label", Tensors.of(new long[] {request.getClassLabel()}, 1));
    }
    if (!request.getImage().isEmpty()) {
      GivenPicture image = GivenPicture.read("image", request.getImage().toByteArray());
      inputs.put("image", image.colors());
      if (!request.getMask().isEmpty()) {
        GivenPicture mask = GivenPicture.read("mask", request.getMask().toByteArray());
        image.requireCoveredBy(mask);
        inputs.put("mask", mask.lightness());
      }
    }
    if (request.getInterpolation().hasImage()) {
      byte[] end = request.getInterpolation().getImage().toByteArray();
      inputs.put(EmbeddingRoute.END_IMAGE, GivenPicture.read("interpolation.image", end).colors());
    }
    return inputs;
  }

  /** Every model that can be served. */
  List<Model> models() {
    return catalog.list().stream()
        .filter(model -> Planners.of(model).isPresent())
        .map(RoutePlanner::describe)
        .toList();
  }

  private static Model describe(ModelFolder folder) {
    PipelinePlanner planner = planner(folder);
    ImageSize size = planner.naturalSize(folder);
    Model.Builder model =
        Model.newBuilder()
            .setName(folder.name())
            .setPipeline(folder.pipelineClass())
            .setWidth(size.width())
            .setHeight(size.height());
    return model.addAllStages(planner.stages()).build();
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
    return Planners.of(model)
        .orElseThrow(
            () ->
                RequestException.invalid(
                    "model",
                    "Model %s is a %s, which is not served; these are: %s."
                        .formatted(model.name(), model.pipelineClass(), Planners.names())));
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
